import type { DamagedFile, ImageSet } from '../contracts/image-set.js';
import { LARGE_BYTES } from '../files/file-digests.js';
import { damageCandidates } from './damage-candidates.js';

/** State of a split when a run began. */
export interface DataFingerprint {
  readonly images: number;
  /** Full fingerprint. For large data it is missing until it has been computed during the training. */
  readonly sha256?: string;
  /** Quick fingerprint, for splits whose images stay on disk. */
  readonly quick?: string;
}

/** Image sets by the names of their splits: `train`, `test`, `flowers/train`. */
export type NamedSets = ReadonlyMap<string, ImageSet>;

/** Fingerprints by split. */
export type DataFingerprints = Readonly<Record<string, DataFingerprint>>;

/**
 * Fingerprints of all splits without reading large data. Content is read where it is small, and where the quick
 * fingerprint differs from that of the run's lock, so that only the content can tell whether the data are the same.
 * @param before fingerprints in the lock of a run that is resumed
 */
export async function dataFingerprints(sets: NamedSets, before: DataFingerprints = {}): Promise<DataFingerprints> {
  const found: Record<string, DataFingerprint> = {};
  for (const [split, images] of sets) found[split] = await fingerprintOf(images, before[split]);
  return found;
}

async function fingerprintOf(images: ImageSet, before: DataFingerprint | undefined): Promise<DataFingerprint> {
  const quick = await images.quickFingerprint?.();
  const known = { images: images.length, ...(quick && { quick: quick.sha256 }) };
  if (quick && quick.sha256 === before?.quick)
    return before.sha256 === undefined ? known : { ...known, sha256: before.sha256 };
  const postponed = quick && quick.bytes >= LARGE_BYTES && before?.sha256 === undefined;
  return postponed ? known : { ...known, sha256: await images.fingerprint() };
}

/**
 * Fingerprints of the splits that differ from those of a lock by the repair or removal of damaged files alone, as they are
 * now. Everything else in them is as it was.
 */
export async function repairedFingerprints(
  sets: NamedSets,
  before: DataFingerprints,
  damaged: readonly DamagedFile[],
): Promise<DataFingerprints> {
  const repaired: Record<string, DataFingerprint> = {};
  if (damaged.length === 0) return repaired;
  for (const [split, images] of sets) {
    const { quick } = before[split] ?? {};
    const now = await images.quickFingerprint?.();
    if (!now || now.sha256 === quick) continue;
    const others = [...sets.values()].filter(set => set !== images);
    if (await isExplained(images, quick, damageCandidates(images, others, damaged)))
      repaired[split] = { images: images.length, quick: now.sha256 };
  }
  return repaired;
}

/** True if a set had this quick fingerprint when one of these lists of files was damaged. */
async function isExplained(
  images: ImageSet,
  quick: string | undefined,
  candidates: readonly (readonly DamagedFile[])[],
): Promise<boolean> {
  for (const files of candidates)
    if (files.length > 0 && (await images.quickFingerprint!(files)).sha256 === quick) return true;
  return false;
}

/** Adds the full fingerprints that are missing. Reads all content. */
export async function completeFingerprints(
  sets: NamedSets,
  data: DataFingerprints,
  signal: AbortSignal,
): Promise<DataFingerprints> {
  const complete: Record<string, DataFingerprint> = {};
  for (const [split, known] of Object.entries(data)) {
    const images = known.sha256 === undefined ? sets.get(split) : undefined;
    complete[split] = images ? { ...known, sha256: await images.fingerprint(signal) } : known;
  }
  return complete;
}

/** Describes how a split differs from its state in a lock; undefined if content or quick fingerprint are the same. */
export function dataDifference(
  before: DataFingerprint | undefined,
  now: DataFingerprint | undefined,
): string | undefined {
  if (!before || !now) return before ? 'was present, is missing' : 'was missing, is present';
  if (before.images !== now.images) return `had ${before.images} images, has ${now.images}`;
  const same = (key: 'sha256' | 'quick'): boolean => before[key] !== undefined && before[key] === now[key];
  if (same('sha256') || same('quick')) return undefined;
  if (before.sha256 !== undefined && now.sha256 !== undefined)
    return `the content changed, its SHA-256 was ${before.sha256} and is ${now.sha256}`;
  return 'names, sizes or modification times of files changed, and the lock has no SHA-256 of their content';
}
