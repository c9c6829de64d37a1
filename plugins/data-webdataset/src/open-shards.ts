import { CarlError, warnLeftOut, type FilePart, type LeftOutFile } from '@carl-ssl/core';
import { readLabel, type LabelRules } from './label.js';
import { samplesOf, type Sample } from './samples.js';
import { openShard, withShard, type Shard } from './shard.js';
import { shardNames } from './shard-names.js';
import { listTar } from './tar.js';

/** Options that determine the samples. */
export interface ShardRules extends Partial<LabelRules> {
  readonly shards: readonly string[];
  /** Suffixes of images, separated by semicolons. */
  readonly image: string;
  readonly maxMegabytes: number;
}

/** Index of the images of several shards. */
export interface ShardIndex {
  readonly shards: readonly Shard[];
  /** Number of the shard of each image. */
  readonly shardOf: Int32Array;
  readonly parts: readonly FilePart[];
  readonly keys: readonly string[];
  readonly labels?: Int32Array;
  readonly leftOut: readonly LeftOutFile[];
}

/** An image of a shard. */
interface Found {
  readonly shard: number;
  readonly part: FilePart;
  readonly key: string;
  readonly label: number;
}

/** Lists the samples of all shards, in order, and reads their labels. @throws CarlError INPUT_FILE, INPUT_DATA */
export async function indexShards(rules: ShardRules): Promise<ShardIndex> {
  const shards: Shard[] = [];
  const found: Found[] = [];
  const leftOut: LeftOutFile[] = [];
  let memory = rules.maxMegabytes * 2 ** 20;
  for (const path of rules.shards.flatMap(shardNames)) {
    const shard = await openShard(path, memory);
    memory -= shard.content?.length ?? 0;
    shards.push(shard);
    const { samples, ...rest } = await listSamples(shard, rules);
    for (const one of samples) found.push({ ...one, shard: shards.length - 1 });
    leftOut.push(...rest.leftOut);
    warnLeftOut(path, rest.leftOut, samples.length);
  }
  if (found.length === 0)
    throw new CarlError(
      'INPUT_DATA',
      `${rules.shards.join(', ')}: the shards have no samples. Check the option \`shards\`.`,
    );
  return {
    ...{ shards, leftOut },
    shardOf: Int32Array.from(found, one => one.shard),
    parts: found.map(one => one.part),
    keys: found.map(one => one.key),
    ...(rules.label !== undefined && { labels: Int32Array.from(found, one => one.label) }),
  };
}

function listSamples(shard: Shard, rules: ShardRules) {
  return withShard(shard, async file => {
    const { samples, leftOut } = samplesOf(shard.path, await listTar(shard.path, file));
    const found: Omit<Found, 'shard'>[] = [];
    for (const sample of samples) {
      const part = imageOf(shard.path, sample, rules.image);
      const { label: suffix, ...others } = rules;
      const label =
        suffix === undefined ? -1 : await readLabel(shard.path, file, { sample, rules: { ...others, label: suffix } });
      found.push({ part, key: sample.key, label });
    }
    return { samples: found, leftOut };
  });
}

function imageOf(path: string, { key, parts }: Sample, suffixes: string): FilePart {
  const part = suffixes
    .split(';')
    .map(suffix => parts.get(suffix.trim().toLowerCase()))
    .find(one => one !== undefined);
  if (part) return part;
  throw new CarlError(
    'INPUT_DATA',
    `${path} has the sample "${key}" without an image (${suffixes}); its entries: ${[...parts.keys()].join(', ').slice(0, 200)}. Set \`image\` to the suffix of the images.`,
  );
}
