import { tf, unitRows, type Collective, type StateSpec, type TensorMap } from '@carl-ssl/core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** A queue as a ring: rows [M, D], and the row that is overwritten next, an int32 scalar. */
export interface Ring {
  readonly rows: Tensor2D;
  readonly pointer: Tensor;
}

/** Buffers of a ring that starts full of random unit rows, so that it can be used from the first step. */
export function ringState(name: string, shape: readonly [number, number], pointer = 0): readonly StateSpec[] {
  return [
    { name, shape, dtype: 'float32', initial: unitRows },
    { name: 'pointer', shape: [], dtype: 'int32', initial: pointer },
  ];
}

/** A ring among an objective's or an assigner's tensors; where the pointer is not kept it is the one given. */
export function ringOf(name: string, tensors: TensorMap, pointer: number): Ring {
  return { rows: tensors[name] as Tensor2D, pointer: tensors.pointer ?? tf.scalar(pointer, 'int32') };
}

/**
 * Writes newcomers [B, D] of one or more views to the rows from the pointer on: all workers' images of the first view,
 * then those of the next. Rows beyond the end are dropped, and the next batch begins at row 0. The pointer stays on the
 * device.
 */
export function push({ rows, pointer }: Ring, newcomers: readonly Tensor2D[], collective: Collective): Ring {
  return tf.tidy(() => {
    const arriving = tf.concat<Tensor2D>(collective.allGather([...newcomers]));
    const [size, count] = [rows.shape[0], arriving.shape[0]];
    const start = tf.cast(pointer, 'float32');
    const place = tf.sub(tf.range(0, size), start);
    const taken = tf.logicalAnd(tf.greaterEqual(place, 0), tf.less(place, count));
    const fresh = tf.gather(arriving, tf.cast(tf.clipByValue(place, 0, count - 1), 'int32'));
    const mask = tf.expandDims(tf.cast(taken, 'float32'), 1);
    const next = tf.add<Scalar>(start, count);
    return {
      rows: tf.add<Tensor2D>(tf.mul(fresh, mask), tf.mul(rows, tf.sub(1, mask))),
      pointer: tf.cast(tf.mul<Scalar>(next, tf.less(next, size)), 'int32'),
    };
  });
}
