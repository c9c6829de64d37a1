import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { DamagedFile, ImageSet, QuickFingerprint } from '../contracts/image-set.js';
import { fileDigests, LARGE_BYTES } from '../files/file-digests.js';
import { withDamagedFiles } from './damaged-file.js';
import { eachFileState, type FileState } from './file-states.js';
import { cachedFingerprint } from './fingerprint-cache.js';
import { onceFulfilled } from './once.js';
import type { SetFiles } from './set-files.js';

/**
 * Both fingerprints of an image set whose files stay on disk. The full one is of rules, paths, labels and contents; for
 * large sets it is kept in the cache folder as long as the quick one stays the same. Neither depends on where the root is.
 */
export function fileFingerprints(files: SetFiles): Required<Pick<ImageSet, 'fingerprint' | 'quickFingerprint'>> {
  const quick = onceFulfilled(() => quickFingerprintOf(files));
  const fingerprint = onceFulfilled(async signal => {
    const { sha256, bytes } = await quick();
    const compute = () => fullFingerprintOf(files, bytes, signal);
    if (bytes < LARGE_BYTES) return compute();
    const place = createHash('sha256').update(sha256).update(resolve(files.root));
    return cachedFingerprint(place.digest('hex'), compute);
  });
  return { fingerprint, quickFingerprint: damaged => (damaged ? quickFingerprintOf(files, damaged) : quick()) };
}

async function quickFingerprintOf(listed: SetFiles, damaged: readonly DamagedFile[] = []): Promise<QuickFingerprint> {
  const files = withDamagedFiles(listed, damaged);
  // Arrays of numbers: an object for each file would take four times as much memory.
  const [sizes, times] = [new Float64Array(files.paths.length), new Float64Array(files.paths.length)];
  const set = ({ size, modified }: FileState, i: number) => {
    sizes[i] = size;
    times[i] = modified;
  };
  const earlier = new Map(damaged.map(one => [one.file, one]));
  const present: number[] = [];
  files.paths.forEach((path, i) => {
    const known = earlier.get(path);
    if (known) set(known, i);
    else present.push(i);
  });
  await eachFileState(present, i => join(files.root, files.paths[i]), set);
  const sha256 = hashOf(files, i => [sizes[i], times[i]]);
  return { sha256, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function fullFingerprintOf(files: SetFiles, bytes: number, signal?: AbortSignal): Promise<string> {
  const paths = files.paths.map(path => join(files.root, path));
  const digests = await fileDigests(paths, { bytes, ...(signal && { signal }) });
  return hashOf(files, i => [digests[i]]);
}

/** SHA-256 of the rules and, for each file, of its path, its label and the given values. */
function hashOf({ paths, labels, rules }: SetFiles, valuesOf: (index: number) => readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(rules));
  paths.forEach((path, i) => hash.update(JSON.stringify([path, labels?.[i], ...valuesOf(i)])));
  return hash.digest('hex');
}
