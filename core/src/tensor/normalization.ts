import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.js';
import { scope } from './scope.js';
import type { Normalized, PlainBatchNorm } from '../contracts/kernels.js';
import { tf } from './tf.js';

/** Batch and layer normalisation as chains of TensorFlow.js operations, with gradients in closed form. */

export function batchNorm<T extends Tensor2D | Tensor4D>(
  input: T,
  { scale, offset, epsilon }: Omit<PlainBatchNorm, 'exchange'>,
): Normalized<T> {
  return scope(() => {
    const [mean, variance] = tf.unstack(moments(input)) as Tensor1D[];
    const normalize = withGradient((x: T, gamma: Tensor1D, beta: Tensor1D) => {
      const inverse = tf.rsqrt(tf.add(variance, epsilon));
      const factor = tf.mul(inverse, gamma);
      const value = tf.add<T>(tf.mul(x, factor), tf.sub(beta, tf.mul(mean, factor)));
      return { value, saved: [x, mean, inverse, factor], gradient: batchNormGradient };
    });
    return { output: normalize(input, scale, offset), mean, variance, count: input.size / scale.size };
  });
}

/** Mean and biased variance over all axes but the last: [..., C] -> [2, C]; a constant to the gradient. */
const moments = withGradient((x: Tensor) => {
  const axes = leading(x);
  const mean = tf.mean(x, axes);
  const variance = tf.mean(tf.squaredDifference(x, mean), axes);
  return { value: tf.stack([mean, variance]) as Tensor2D, saved: [x], gradient: (_dy, [of]) => [tf.zerosLike(of)] };
});

/** With n = (x - mean) inverse: dx = factor (dy - mean(dy) - n mean(dy n)), and the gradients of scale and offset. */
function batchNormGradient(dy: Tensor, [x, mean, inverse, factor]: readonly Tensor[]): Tensor[] {
  const axes = leading(dy);
  const count = dy.size / mean.size;
  const centred = tf.sub(x, mean);
  const meanDy = tf.mean(dy, axes);
  const slope = tf.mul(tf.mean(tf.mul(dy, centred), axes), inverse);
  const along = tf.mul(centred, tf.mul(slope, inverse));
  const dx = tf.mul(tf.sub(tf.sub(dy, meanDy), along), factor);
  return [dx, tf.mul(slope, count), tf.mul(meanDy, count)];
}

export function layerNorm<T extends Tensor>(input: T, scale: Tensor1D, offset: Tensor1D, epsilon: number): T {
  const normalize = withGradient((x: T, gamma: Tensor1D, beta: Tensor1D) => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const normalized = tf.mul(centred, inverse);
    const value = tf.add<T>(tf.mul(normalized, gamma), beta);
    return { value, saved: [normalized, inverse, gamma], gradient: layerNormGradient };
  });
  return normalize(input, scale, offset);
}

/** With n the normalised rows and g = dy gamma: dx = inverse (g - mean(g) - n mean(g n)). */
function layerNormGradient(dy: Tensor, [normalized, inverse, gamma]: readonly Tensor[]): Tensor[] {
  const dn = tf.mul(dy, gamma);
  const along = tf.mul(normalized, tf.mean(tf.mul(dn, normalized), -1, true));
  const dx = tf.mul(tf.sub(tf.sub(dn, tf.mean(dn, -1, true)), along), inverse);
  const axes = leading(dy);
  return [dx, tf.sum(tf.mul(dy, normalized), axes), tf.sum(dy, axes)];
}

/** All axes but the last. */
export const leading = (x: Tensor): number[] => x.shape.slice(0, -1).map((_, axis) => axis);
