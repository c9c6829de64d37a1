import type { Collective, StateSpec, StepContext, TensorMap } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

/** Options of components that keep earlier embeddings for the Sinkhorn normalisation. */
export const queueOptions = {
  queueLength: Type.Integer({
    minimum: 0,
    default: 0,
    description: 'Earlier embeddings of each view that take part when codes are balanced; for batches smaller than K.',
  }),
  queueStartEpoch: Type.Integer({
    minimum: 0,
    default: 0,
    description: 'Epoch, from 0, in which the queue begins to fill; it takes part once it is full.',
  }),
};

export interface QueueOptions {
  readonly queueLength: number;
  readonly queueStartEpoch: number;
}

/** `queue` [sets, L, D], one set a view that gets a code, newest embedding first; zeros until it is filled. */
export function queueState({ queueLength }: QueueOptions, sets: number, dim: number): StateSpec[] {
  if (queueLength === 0) return [];
  return [{ name: 'queue', shape: [sets, queueLength, dim], dtype: 'float32', initial: 0 }];
}

/** The queue if there is one and training has come so far. */
export function activeQueue(tensors: TensorMap, { queueStartEpoch }: QueueOptions, { epoch }: StepContext) {
  if (!('queue' in tensors) || epoch < queueStartEpoch) return undefined;
  return tensors.queue as Tensor3D;
}

/** Rows of one set [L, width], or undefined while its last row is still zero. */
export function fullSet(queue: Tensor3D | undefined, set: number): Tensor2D | undefined {
  if (queue === undefined || set >= queue.shape[0]) return undefined;
  const [, length, width] = queue.shape;
  const last = tf.tidy(() => tf.any(tf.notEqual(tf.slice(queue, [set, length - 1, 0], [1, 1, width]), 0)));
  const isFull = last.dataSync()[0] !== 0;
  last.dispose();
  return isFull ? tf.reshape(tf.slice(queue, [set, 0, 0], [1, length, width]), [length, width]) : undefined;
}

/** The queue with the new rows [B, D] of all workers in front of each set, and as many of the oldest dropped. */
export function pushed(queue: Tensor3D, newest: readonly Tensor2D[], collective: Collective): Tensor3D {
  return tf.tidy(() => {
    const [, length, width] = queue.shape;
    const sets = tf.unstack(queue) as Tensor2D[];
    const arriving = collective.allGather(newest);
    const moved = sets.map((old, set) => tf.slice(tf.concat([arriving[set], old]), [0, 0], [length, width]));
    return tf.stack(moved) as Tensor3D;
  });
}
