import { fileFingerprints, inSharedMemory, shareable, type ImageSet } from '@carl-ssl/core';
import { encodedImages, type DecodeRules, type SharedCache } from '@carl-ssl/data-image-folder';
import { dirname, relative, sep } from 'node:path';
import type { ShardIndex } from './open-shards.js';
import { withShard } from './shard.js';

/** An index with the rules of decoding; plain data that threads can share. */
interface Indexed {
  readonly index: ShardIndex;
  readonly decode: DecodeRules;
  readonly cache: number | SharedCache;
}

/** Makes a set of indexed images that are read and decoded when needed. */
export function shardImages({ index, decode, cache }: Indexed): ImageSet {
  const { shards, shardOf, parts, keys, labels, leftOut } = index;
  const images = encodedImages(
    {
      length: parts.length,
      nameOf: i => `${shards[shardOf[i]].path}, sample "${keys[i]}" at byte ${parts[i].start}`,
      read: indices => readParts(index, indices),
    },
    decode,
    cache,
  );
  const root = dirname(shards[0].path);
  const set: ImageSet = {
    length: parts.length,
    ...(labels && { labels }),
    leftOut,
    channels: decode.channels,
    read: images.read,
    ...fileFingerprints({
      root,
      paths: shards.map(({ path }) => relative(root, path).split(sep).join('/')),
      rules: [decode, parts.map(({ start }) => start), labels && Array.from(labels)],
    }),
  };
  return shareable(set, () => {
    const content: Indexed = { index: sharedIndex(index), decode, cache: images.share() };
    return { module: import.meta.url, content };
  });
}

/** Rebuilds a set that another thread shares. @public */
export const fromShared = (content: Indexed): ImageSet => shardImages(content);

function sharedIndex(index: ShardIndex): ShardIndex {
  const { labels, shards } = index;
  return {
    ...index,
    shards: shards.map(({ path, content }) => (content ? { path, content: inSharedMemory(content) } : { path })),
    shardOf: inSharedMemory(index.shardOf),
    ...(labels && { labels: inSharedMemory(labels) }),
  };
}

/** Reads images at these places; each shard is opened once. */
async function readParts({ shards, shardOf, parts }: ShardIndex, indices: readonly number[]): Promise<Uint8Array[]> {
  const read: Uint8Array[] = [];
  const places = [...indices.keys()];
  for (const number of new Set(indices.map(index => shardOf[index]))) {
    const own = places.filter(place => shardOf[indices[place]] === number);
    await withShard(shards[number], async file => {
      for (const place of own) read[place] = await file.read(parts[indices[place]]);
    });
  }
  return read;
}
