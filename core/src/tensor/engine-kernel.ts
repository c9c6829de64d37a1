import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { tf } from './tf.js';

/** Runs a kernel of one output by its name: the gradients of convolutions and pooling have no public function. */
export function runKernel(name: string, inputs: NamedTensorMap, attributes: object): Tensor {
  return tf.engine().runKernel(name, inputs, attributes as NamedAttrMap);
}
