import {
  fileFingerprints,
  inSharedMemory,
  shareable,
  withFileState,
  type ImageSet,
  type SetFiles,
  type SharedImages,
  type StoredImage,
} from '@carl-ssl/core';
import { join } from 'node:path';
import pMap from 'p-map';
import { decodeFile, type DecodeRules } from './decode.js';
import { inTable } from './in-table.js';
import { ImageCache, type CacheLimit, type SharedCache } from './image-cache.js';
import type { ImageFiles } from './image-files.js';

/** Images that are decoded at one time. */
const AT_ONCE = { concurrency: 8 };

/** Makes a set of images that are decoded when they are read. Threads that share it use the same list of files. */
export function folderImages(files: ImageFiles, rules: DecodeRules, memory: CacheLimit | SharedCache): ImageSet {
  const cache = new ImageCache(memory, rules.channels);
  const { root, paths, labels, classes, leftOut } = files;
  const listed = { root, paths, ...(labels && { labels }), rules: [rules, classes] };
  const fail = (index: number) => async (error: unknown) => {
    throw inTable(await withFileState(error, listed, index), files);
  };
  const at = async (index: number): Promise<StoredImage> => {
    if (!(index in paths)) throw new RangeError(`Image ${index} of a set of ${paths.length}`);
    const cached = cache.get(index);
    const decoded = cached ?? (await decodeFile(join(root, paths[index]), rules).catch(fail(index)));
    const { bytes, size } = decoded;
    const data = cached || cache.offer(index, decoded) ? new Uint8Array(bytes) : bytes;
    return { height: size[0], width: size[1], channels: rules.channels, data };
  };
  const set: ImageSet = {
    length: paths.length,
    ...{ labels, classes, leftOut },
    channels: rules.channels,
    fileName: index => paths[index],
    read: indices => pMap(indices, at, AT_ONCE),
    ...fingerprintsOf(listed, files),
  };
  return shareable(set, () => shared(files, rules, cache.share(paths.length)));
}

/** The fingerprints of the files, whose errors name the line of a table. */
function fingerprintsOf(listed: SetFiles, files: ImageFiles): ReturnType<typeof fileFingerprints> {
  const { fingerprint, quickFingerprint } = fileFingerprints(listed);
  const placed = async (error: unknown) => {
    throw inTable(error, files);
  };
  return {
    fingerprint: signal => fingerprint(signal).catch(placed),
    quickFingerprint: damaged => quickFingerprint(damaged).catch(placed),
  };
}

interface SharedFolder {
  readonly files: ImageFiles;
  readonly rules: DecodeRules;
  readonly cache: SharedCache;
}

function shared(
  { root, paths, labels, classes, table }: ImageFiles,
  rules: DecodeRules,
  cache: SharedCache,
): SharedImages {
  const lines = table && { table: { file: table.file, lines: inSharedMemory(table.lines) } };
  const files: ImageFiles = { root, paths, classes, labels: labels && inSharedMemory(labels), ...lines };
  const content: SharedFolder = { files, rules, cache };
  return { module: import.meta.url, content };
}

/** Rebuilds a set that another thread shares; lists and checks no files. @public */
export function fromShared({ files, rules, cache }: SharedFolder): ImageSet {
  return folderImages(files, rules, cache);
}
