import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { tf, withGradient } from '@carl-ssl/core';
import { operation } from './operation.js';

/** Cross-entropy [B] with SoftmaxCrossEntropyWithLogits, which also returns softmax - targets [B,K] for the gradient. */
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

/** Computes dy (softmax sum(targets) - targets), which equals TensorFlow's second output only for targets that sum to 1. */
function gradient(dy: Tensor, [difference, targets]: readonly Tensor[]): Tensor[] {
  const softmax = tf.add(difference, targets);
  const slope = tf.sub(tf.mul(softmax, tf.sum(targets, 1, true)), targets);
  return [tf.mul(slope, tf.expandDims(dy, 1))];
}
