import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { withGradient } from '@carl-ssl/core';
import { operation } from './operation.js';

/** SoftmaxCrossEntropyWithLogits: loss [B], and softmax - targets [B,K] as a by-product. */
export function softmaxCrossEntropy(logits: Tensor2D, targets: Tensor2D): Tensor1D {
  return tf.tidy(() => {
    const [value, difference] = operation('SoftmaxCrossEntropyWithLogits', [logits, targets], { outputs: 2 });
    const differentiable = withGradient((_logits: Tensor2D) => ({
      value: value as Tensor1D,
      saved: [difference, targets],
      gradient,
    }));
    return differentiable(logits);
  });
}

/** softmax * sum(targets) - targets, times dy. TensorFlow's by-product is that for targets that sum to 1; targets need not. */
function gradient(dy: Tensor, [difference, targets]: readonly Tensor[]): Tensor[] {
  const softmax = tf.add(difference, targets);
  const slope = tf.sub(tf.mul(softmax, tf.sum(targets, 1, true)), targets);
  return [tf.mul(slope, tf.expandDims(dy, 1))];
}
