import type { FeatureBlock, FeatureSet } from '../contracts/evaluator.js';

/** Bytes of a block of features. */
const BLOCK_BYTES = 2 ** 24;

/** Features [N, D] in memory as a {@link FeatureSet}. */
export function memoryFeatures(features: Float32Array, dim: number, labels?: Int32Array): FeatureSet {
  const rows = (from: number, to: number) => Promise.resolve(features.subarray(from * dim, to * dim));
  const length = features.length / dim;
  return {
    length,
    dim,
    ...(labels && { labels }),
    rows,
    blocks: () => blocksOf({ length, dim, rows }),
    all: () => Promise.resolve(features),
  };
}

/** All rows of a set, in blocks of a few megabytes. */
export async function* blocksOf({
  length,
  dim,
  rows,
}: Pick<FeatureSet, 'length' | 'dim' | 'rows'>): AsyncGenerator<FeatureBlock, void, undefined> {
  const height = Math.max(1, Math.floor(BLOCK_BYTES / (dim * Float32Array.BYTES_PER_ELEMENT)));
  for (let from = 0; from < length; from += height) {
    yield { from, rows: await rows(from, Math.min(length, from + height)) };
  }
}
