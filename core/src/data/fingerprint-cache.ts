import { join } from 'node:path';
import { makeFolders, writeAtomic } from '../files/atomic.js';
import { cacheFolder } from '../files/cache-folder.js';
import { readText } from '../files/regular-file.js';

/** A fingerprint that was computed before, as a file of the cache folder. */
interface CachedFingerprint {
  readonly key: string;
  readonly sha256: string;
}

/** Bytes of the largest entry. */
const MOST = 1024;

/**
 * Returns the fingerprint kept under a key in the cache folder; computes and keeps it if there is none. A damaged entry
 * counts as none, and a folder that cannot be written does no harm.
 * @param key SHA-256 in hex
 */
export async function cachedFingerprint(key: string, compute: () => Promise<string>): Promise<string> {
  const folder = join(cacheFolder(), 'fingerprints');
  const file = join(folder, `${key}.json`);
  const known = await readEntry(file);
  if (known?.key === key) return known.sha256;
  const sha256 = await compute();
  const entry: CachedFingerprint = { key, sha256 };
  await makeFolders(folder)
    .then(() => writeAtomic(file, `${JSON.stringify(entry)}\n`))
    .catch(() => undefined);
  return sha256;
}

async function readEntry(file: string): Promise<CachedFingerprint | undefined> {
  try {
    const entry = JSON.parse(await readText(file, MOST)) as Partial<CachedFingerprint>;
    return /^[0-9a-f]{64}$/.test(entry.sha256 ?? '') ? (entry as CachedFingerprint) : undefined;
  } catch {
    return undefined;
  }
}
