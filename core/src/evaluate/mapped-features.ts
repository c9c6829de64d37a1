import type { EvaluationControl, FeatureSet } from '../contracts/evaluator.js';
import { tf } from '../tensor/tf.js';
import { inMemory } from './feature-store.js';
import { blocksOf } from './memory-features.js';
import type { OutputMap } from './network-output.js';

/** Values of features or of outputs that pass through the map at once. */
const BLOCK_VALUES = 2 ** 22;

/** An output of the network for the features of a split. It is computed from them at each reading and not kept. */
export function mappedFeatures(features: FeatureSet, map: OutputMap, { progress }: EvaluationControl): FeatureSet {
  const { length } = features;
  const { dim } = map;
  const height = Math.max(1, Math.floor(BLOCK_VALUES / Math.max(dim, features.dim)));
  const rows = async (from: number, to: number) => {
    const values = new Float32Array((to - from) * dim);
    for (let start = from; start < to; start += height) {
      await progress(start, length);
      const end = Math.min(to, start + height);
      values.set(await mappedRows(map, await features.rows(start, end), features.dim), (start - from) * dim);
    }
    return values;
  };
  return {
    ...features,
    dim,
    rows,
    blocks: () => blocksOf({ length, dim, rows }),
    all: async () => inMemory(length * dim, () => rows(0, length)),
  };
}

/** The output of the network for features [N, width], row by row. */
export async function mappedRows(map: OutputMap, features: Float32Array, width: number): Promise<Float32Array> {
  const output = tf.tidy(() => map.apply(tf.tensor2d(features, [features.length / width, width])));
  try {
    return await output.data<'float32'>();
  } finally {
    output.dispose();
  }
}
