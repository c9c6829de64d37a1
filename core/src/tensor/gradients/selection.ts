import type { GatherV2Attrs, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { masked } from './broadcasting.js';
import type { GradientTable, KernelGradient } from './gradient-table.js';

/** Every entry of x along the axis gets the sum of dy over the positions it was gathered to. */
const gather: KernelGradient = {
  inputsToSave: ['x', 'indices'],
  gradFunc: (dy, [x, indices], attributes) => ({
    x: () => scattered(dy as Tensor, x, indices, attributes as unknown as GatherV2Attrs),
    indices: () => tf.zeros(indices.shape),
  }),
};

/** x as [batch, outer, entries, inner] and dy as [batch, outer, picked, inner], the axis third. */
function scattered(dy: Tensor, { shape }: Tensor, indices: Tensor, { axis, batchDims }: GatherV2Attrs): Tensor {
  const [along] = tf.util.parseAxisParam(axis, shape);
  const size = (from: number, to?: number): number => tf.util.sizeFromShape(shape.slice(from, to));
  const [batch, outer, entries, inner] = [size(0, batchDims), size(batchDims, along), shape[along], size(along + 1)];
  const picked = indices.size / batch;
  const swapped = (x: Tensor): Tensor => (outer === 1 ? x : tf.transpose(x, [0, 2, 1, 3]));
  const rows = tf.reshape(swapped(tf.reshape(dy, [batch, outer, picked, inner])), [batch * picked, outer * inner]);
  const sums = tf.unsortedSegmentSum(rows, rowsOf(indices, batch, entries), batch * entries);
  return tf.reshape(swapped(tf.reshape(sums, [batch, entries, outer, inner])), shape);
}

/** Indices into the entries of all batches in a row. */
function rowsOf(indices: Tensor, batch: number, entries: number): Tensor1D {
  if (batch === 1) return tf.reshape(indices, [-1]);
  const first = tf.range(0, batch * entries, entries, 'int32');
  return tf.reshape(tf.add(tf.reshape(indices, [batch, -1]), tf.reshape(first, [batch, 1])), [-1]);
}

/** Each row gets dy of its segment; rows with a negative segment are in none. */
const segmentSum: KernelGradient = {
  inputsToSave: ['segmentIds'],
  gradFunc: (dy, [segmentIds]) => ({
    x: () => {
      const rows = tf.gather(dy as Tensor, tf.maximum(segmentIds, tf.zerosLike(segmentIds)) as Tensor1D);
      const some = tf.reshape(tf.greaterEqual(segmentIds, 0), [segmentIds.size, ...rows.shape.slice(1).map(() => 1)]);
      return tf.where(some, rows, tf.zerosLike(rows));
    },
    segmentIds: () => tf.zeros(segmentIds.shape),
  }),
};

/** The condition has the shape of both alternatives. */
const select: KernelGradient = {
  inputsToSave: ['condition'],
  gradFunc: (dy, [condition]) => ({
    condition: () => tf.zeros(condition.shape),
    t: () => masked(dy as Tensor, condition),
    e: () => masked(dy as Tensor, tf.logicalNot(condition)),
  }),
};

/** Elements taken by index or by condition. */
export const selection: GradientTable = { GatherV2: gather, UnsortedSegmentSum: segmentSum, Select: select };
