import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';

/**
 * A dilated convolution is a convolution without dilation whose filter has zeros between its entries. The kernels of
 * TensorFlow.js compute gradients without dilation only.
 */

/** Filter [k..., in, out] with dilation - 1 zeros after each entry of a spatial axis but the last: [(k - 1) dilation + 1, ...]. */
export function dense(filter: Tensor, dilations: number | readonly number[]): Tensor {
  return axesOf(filter, dilations).reduce((spread, { axis, dilation }) => {
    const { shape } = spread;
    const split = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
    const zeros = split.map((_, i): [number, number] => [0, i === axis + 1 ? dilation - 1 : 0]);
    const entries = tf.reshape(tf.pad(tf.reshape(spread, split), zeros), shape.with(axis, shape[axis] * dilation));
    return tf.slice(
      entries,
      shape.map(() => 0),
      shape.with(axis, (shape[axis] - 1) * dilation + 1),
    );
  }, filter);
}

/** The inverse of {@link dense}: picks the entries of the dilated filter. */
export function thinned(filter: Tensor, dilations: number | readonly number[]): Tensor {
  const axes = axesOf(filter, dilations);
  if (axes.length === 0) return filter;
  const steps = filter.shape.map((_, i) => axes.find(({ axis }) => axis === i)?.dilation ?? 1);
  return tf.stridedSlice(
    filter,
    filter.shape.map(() => 0),
    filter.shape,
    steps,
  );
}

interface DilatedAxis {
  readonly axis: number;
  readonly dilation: number;
}

/** Spatial axes with a dilation above 1. */
function axesOf(filter: Tensor, dilations: number | readonly number[]): readonly DilatedAxis[] {
  const spatial = filter.shape.slice(0, -2);
  const each = typeof dilations === 'number' ? spatial.map(() => dilations) : dilations;
  return spatial.flatMap((_, axis) => (each[axis] > 1 ? [{ axis, dilation: each[axis] }] : []));
}
