import type { Tensor } from '@tensorflow/tfjs-core';
import type { Kernels } from '../contracts/kernels.js';
import { withGradient } from './custom-gradient.js';
import { normalizeThenConvolve } from './normalize-then-convolve.js';
import { tf } from './tf.js';

/** 2^16 + 1: float32 has 16 bits of precision more than bf16. */
const SPLIT = 65_537;

/**
 * Rounds numbers in float32 to bf16 by arithmetic that every backend has, for numbers below 2^111.
 * @see T. J. Dekker, A floating-point technique for extending the available precision, 1971, splitting after Veltkamp
 */
export function roundToBf16(input: Tensor): Tensor {
  return tf.tidy(() => {
    const scaled = tf.mul(input, SPLIT);
    return tf.sub(scaled, tf.sub(scaled, input));
  });
}

/**
 * Kernels for a training in bf16. Convolutions, linear layers and attention take numbers in bf16, forward and backward, and sum
 * in float32; results of convolutions that only batch normalisation reads are rounded too. All else is in float32. Depthwise convolutions stay in float32: memory limits them,
 * not multiplications.
 */
export function inBf16(own: Kernels): Kernels {
  const round = withGradient((x: Tensor) => ({ value: own.roundToBf16(x), gradient: dy => [tf.clone(dy)] }));
  const roundSlope = withGradient((x: Tensor) => ({ value: tf.clone(x), gradient: dy => [own.roundToBf16(dy)] }));
  const rounded = <T extends Tensor>(x: T): T => round(x) as T;
  const slopeRounded = <T extends Tensor>(y: T): T => roundSlope(y) as T;
  const conv2d: Kernels['conv2d'] = (input, convolution) => {
    const result = own.bf16?.conv2d(input, convolution);
    if (result) return result;
    const value = slopeRounded(own.conv2d(rounded(input), { ...convolution, filter: rounded(convolution.filter) }));
    return convolution.normalized ? rounded(value) : value;
  };
  /** With the gradient of its result rounded, as that of a convolution is. */
  const batchNormRelu: Kernels['batchNormRelu'] = (input, parameters) => {
    const { output, ...statistics } = own.batchNormRelu(input, parameters);
    return { output: slopeRounded(output), ...statistics };
  };
  return {
    ...own,
    conv2d,
    batchNormReluConv2d: (input, parameters, convolution) =>
      own.bf16?.batchNormReluConv2d(input, parameters, convolution) ??
      normalizeThenConvolve({ batchNormRelu, conv2d })(input, parameters, convolution),
    linear: (input, weight) =>
      own.bf16?.linear(input, weight) ?? slopeRounded(own.linear(rounded(input), rounded(weight))),
    attention: (query, key, value) => slopeRounded(own.attention(rounded(query), rounded(key), rounded(value))),
  };
}
