import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { kernels, withEarlyRelease } from '@carl-ssl/core';
import type { ResNet18 } from './resnet18.js';

const TEMPERATURE = 0.2;
const RATE = 0.03;
const MOMENTUM = 0.9;
const DECAY = 5e-4;

/** NT-Xent over two views [B, D]: the partner is to be found among the 2B - 1 others. */
export function contrast(a: Tensor2D, b: Tensor2D): Scalar {
  const z = tf.concat([a, b]);
  const unit = tf.div<Tensor2D>(z, tf.norm(z, 2, 1, true));
  const count = z.shape[0];
  const self = tf.mul(tf.eye(count), -1e9);
  const logits = tf.add<Tensor2D>(tf.div(tf.matMul(unit, unit, false, true), TEMPERATURE), self);
  const eye = tf.eye(count / 2);
  const zero = tf.zerosLike(eye);
  const partners = tf.concat<Tensor2D>([tf.concat([zero, eye], 1), tf.concat([eye, zero], 1)]);
  return tf.mean(kernels.softmaxCrossEntropy(logits, partners));
}

/** One step of SGD with momentum; both views go through the network one after the other. Returns the loss. */
export function trainingStep(network: ResNet18, views: readonly Tensor4D[], momenta: Map<string, Variable>): number {
  return tf.tidy(() => {
    const loss = () => contrast(network.forward(views[0]), network.forward(views[1]));
    const { value, grads } = withEarlyRelease(() => tf.variableGrads(loss, network.variables));
    for (const variable of network.variables) update(variable, grads[variable.name], momenta);
    return value.dataSync()[0];
  });
}

function update(variable: Variable, gradient: Tensor, momenta: Map<string, Variable>): void {
  const momentum = momenta.get(variable.name) ?? tf.variable(tf.zerosLike(variable), false);
  momenta.set(variable.name, momentum);
  momentum.assign(tf.add(tf.mul(momentum, MOMENTUM), tf.add(gradient, tf.mul(variable, DECAY))));
  variable.assign(tf.sub(variable, tf.mul(momentum, RATE)));
}
