import { CarlError, imageOfBytes, once, unreadable, type Image, type ImageSet } from '@carl-ssl/core';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pMap from 'p-map';
import { decodeFile, type Decoded, type DecodeRules } from './decode.js';
import { filesAt, type ImageFiles } from './labelled-files.js';

/** Files that are open, and images that are being decoded, at one time. */
const AT_ONCE = { concurrency: 8 };
/** Skipped images that are named in the warning. */
const NAMED = 20;

/**
 * A set of images that are decoded when they are read.
 * @param cacheBytes decoded images are kept until they take this much; the others are decoded again at each reading
 */
export function folderImages(files: ImageFiles, rules: DecodeRules, cacheBytes: number): ImageSet {
  const { root, paths, labels, classes } = files;
  const cache = new Map<number, Decoded>();
  let free = cacheBytes;
  const at = async (index: number): Promise<Image> => {
    if (!(index in paths)) throw new RangeError(`Image ${index} of a set of ${paths.length}`);
    const decoded = cache.get(index) ?? (await decodeFile(join(root, paths[index]), rules));
    if (decoded.bytes.length <= free && !cache.has(index)) {
      cache.set(index, decoded);
      free -= decoded.bytes.length;
    }
    return imageOfBytes(decoded.bytes, decoded.size, rules.channels);
  };
  return {
    length: paths.length,
    labels,
    classes,
    channels: rules.channels,
    read: indices => pMap(indices, at, AT_ONCE),
    fingerprint: once(() => fingerprint(files, rules)),
  };
}

/** Of the decoding rules, paths, labels, sizes and contents. */
async function fingerprint({ root, paths, labels, classes }: ImageFiles, rules: DecodeRules): Promise<string> {
  const digests = await pMap(paths, path => fileDigest(join(root, path)), AT_ONCE);
  const hash = createHash('sha256').update(JSON.stringify([rules, classes]));
  paths.forEach((path, i) => hash.update(JSON.stringify([path, labels?.[i], digests[i]])));
  return hash.digest('hex');
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
  return hash.digest('hex');
}

/**
 * The files that can be decoded; a process warning lists the others. Decodes all of them.
 * @throws CarlError INPUT_DATA if none can
 */
export async function withoutCorrupt(files: ImageFiles, rules: DecodeRules): Promise<ImageFiles> {
  const problems = await pMap(files.paths, path => problemOf(join(files.root, path), rules), AT_ONCE);
  const broken = files.paths.filter((_, i) => problems[i] !== undefined);
  if (broken.length === 0) return files;
  const first = problems.find(problem => problem !== undefined)!;
  if (broken.length === files.paths.length)
    throw new CarlError(
      'INPUT_DATA',
      `None of the ${broken.length} images in ${files.root} can be decoded. The first: ${first}`,
    );
  const list = broken.slice(0, NAMED).join(', ') + (broken.length > NAMED ? ` and ${broken.length - NAMED} more` : '');
  process.emitWarning(
    `Skipped ${broken.length} of ${files.paths.length} images in ${files.root}: ${list}. The first: ${first}`,
    {
      code: 'CARL_IMAGES_SKIPPED',
    },
  );
  return filesAt(
    files,
    [...files.paths.keys()].filter(i => problems[i] === undefined),
  );
}

/** Why a file cannot be decoded, if so. */
async function problemOf(path: string, rules: DecodeRules): Promise<string | undefined> {
  try {
    await decodeFile(path, rules);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
