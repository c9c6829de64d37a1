import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { kernels } from '../tensor/kernels.js';
import { tf } from '../tensor/tf.js';

/** Mean over pairs (logits, target) and over the batch of -sum_k target_k log softmax(logits)_k; all [B, K]. */
export function meanCrossEntropy(pairs: readonly (readonly [logits: Tensor2D, target: Tensor2D])[]): Scalar {
  const terms = pairs.map(([logits, target]): Tensor1D => kernels.softmaxCrossEntropy(logits, target));
  return tf.mean<Scalar>(tf.concat(terms));
}
