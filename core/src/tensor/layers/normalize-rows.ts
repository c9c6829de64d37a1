import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from '../custom-gradient.js';
import { tf } from '../tf.js';

/** Rows shorter than this are divided by it instead of their length. */
const SHORTEST = 1e-12;

/**
 * y = x / max(|x|, 1e-12) along the last axis, so that rows have unit length: [..., D] -> [..., D]. The gradient is
 * (dy - y <y, dy>) / |x|; for rows below the limit, zero rows among them, it is dy / 1e-12 and never NaN.
 */
export function normalizeRows<T extends Tensor>(rows: T): T {
  return normalize(rows) as T;
}

const normalize = withGradient((rows: Tensor) => {
  const lengths = tf.sqrt(tf.sum(tf.square(rows), -1, true));
  const inverse = tf.reciprocal(tf.maximum(lengths, SHORTEST));
  const long = tf.cast(tf.greater(lengths, SHORTEST), 'float32');
  const units = tf.mul(rows, inverse);
  return { value: units, saved: [units, inverse, long], gradient };
});

function gradient(dy: Tensor, [units, inverse, long]: readonly Tensor[]): Tensor[] {
  const along = tf.mul(tf.sum(tf.mul(dy, units), -1, true), long);
  return [tf.mul(tf.sub(dy, tf.mul(units, along)), inverse)];
}
