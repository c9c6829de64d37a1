import type { LeakyReluAttrs, LogSoftmaxAttrs, SoftmaxAttrs, Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../engine-kernel.js';
import { tf } from '../tf.js';
import { masked, summedTo } from './broadcasting.js';
import { fromInput, fromOutput, type GradientTable, type KernelGradient } from './gradient-table.js';

const { SELU_SCALE, SELU_SCALEALPHA } = tf.backend_util;

/** max(x, 0) + alpha min(x, 0), alpha broadcast to x or x to alpha. */
const prelu: KernelGradient = {
  inputsToSave: ['x', 'alpha'],
  gradFunc: (dy, [x, alpha]) => ({
    x: () => summedTo(tf.where(tf.greater(x, 0), dy as Tensor, tf.mul(dy as Tensor, alpha)), x),
    alpha: () => summedTo(tf.where(tf.greater(x, 0), tf.zerosLike(dy as Tensor), tf.mul(dy as Tensor, x)), alpha),
  }),
};

/** Activation functions, and softmax over one axis. */
export const activations: GradientTable = {
  Relu: fromInput((dy, x) => tf.mul(dy, tf.step(x))),
  Relu6: fromInput((dy, x) => tf.mul(dy, masked(tf.step(x), tf.lessEqual(x, 6)))),
  LeakyRelu: fromInput<LeakyReluAttrs>((dy, x, { alpha }) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha))),
  Prelu: prelu,
  Elu: fromOutput((dy, y) => runKernel('EluGrad', { dy, y }, {})),
  Selu: fromInput((dy, x) =>
    tf.where(tf.greater(x, 0), tf.mul(dy, SELU_SCALE), tf.mul(tf.mul(dy, SELU_SCALEALPHA), tf.exp(x))),
  ),
  Sigmoid: fromOutput((dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  Softplus: fromInput((dy, x) => tf.mul(dy, tf.sigmoid(x))),
  Softmax: fromOutput<SoftmaxAttrs>((dy, y, { dim }) => {
    const product = tf.mul(dy, y);
    return tf.sub(product, tf.mul(tf.sum(product, [dim], true), y));
  }, 'logits'),
  LogSoftmax: fromOutput<LogSoftmaxAttrs>((dy, y, { axis }) => {
    const probability = tf.exp(y);
    return tf.sub(dy, tf.mul(tf.sum(dy, axis, true), probability));
  }, 'logits'),
};
