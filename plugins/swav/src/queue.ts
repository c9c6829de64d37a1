import { tf, type Collective, type StateSpec, type StepContext, type TensorMap } from '@carl-ssl/core';
import type { Scalar, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { QueueOptions } from './options.js';

/** `queue` [sets, L, D], one set for each view that gets a code, newest embedding first; zeros until it is filled. */
export function queueState({ queueLength }: QueueOptions, sets: number, dim: number): StateSpec[] {
  if (queueLength === 0) return [];
  return [{ name: 'queue', shape: [sets, queueLength, dim], dtype: 'float32', initial: 0 }];
}

/** The queue; undefined before its start epoch or without one. */
export function activeQueue(tensors: TensorMap, { queueStartEpoch }: QueueOptions, { epoch }: StepContext) {
  if (!('queue' in tensors) || epoch < queueStartEpoch) return undefined;
  return tensors.queue as Tensor3D;
}

/** One set of a queue. */
export interface QueuedSet {
  /** [L, width]. */
  readonly rows: Tensor2D;
  /** A boolean: the last row is filled. It stays on the device, so that no step waits for it. */
  readonly full: Scalar;
}

/** The set of a view; undefined for views without a code. */
export function queuedSet(queue: Tensor3D | undefined, set: number): QueuedSet | undefined {
  if (queue === undefined || set >= queue.shape[0]) return undefined;
  const [, length, width] = queue.shape;
  const rows = tf.reshape<tf.Rank.R2>(tf.slice(queue, [set, 0, 0], [1, length, width]), [length, width]);
  return { rows, full: tf.tidy(() => tf.any<Scalar>(tf.notEqual(tf.slice(rows, [length - 1, 0], [1, width]), 0))) };
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
