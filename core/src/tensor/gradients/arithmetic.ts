import type { ClipByValueAttrs, Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { masked, passedTo, summed, summedTo } from './broadcasting.js';
import { binary, fromInput, linear, type GradientTable, type KernelGradient } from './gradient-table.js';

/** d(a/b)/db = -a / b^2. */
const division = binary(
  (dy, a, b) => summedTo(tf.div(dy, b), a),
  (dy, a, b) => tf.neg(tf.div(summedTo(tf.mul(dy, a), b), tf.square(b))),
);

/** d(a^b)/da = b a^(b-1) and d(a^b)/db = a^b ln a, taken as 0 where a is not positive. */
const power: KernelGradient = {
  inputsToSave: ['a', 'b'],
  outputsToSave: [true],
  gradFunc: (dy, [a, b, y]) => ({
    a: () => summedTo(tf.mul(dy as Tensor, tf.mul(b, tf.pow(a, tf.sub(b, 1)))), a),
    b: () => {
      const logarithm = tf.where(tf.greater(a, 0), tf.log(a), tf.zerosLike(a));
      return summedTo(tf.mul(dy as Tensor, tf.mul(y, logarithm)), b);
    },
  }),
};

const sumOfList: KernelGradient = {
  saveAllInputs: true,
  gradFunc: (dy, inputs) => Object.fromEntries(inputs.map((_, i) => [i, () => tf.clone(dy as Tensor)])),
};

/**
 * Sums, products, powers and comparisons, element by element with broadcasting. For equal values, the gradient of the
 * maximum and of the minimum goes to a.
 */
export const arithmetic: GradientTable = {
  Add: binary(
    (dy, a) => passedTo(dy, a),
    (dy, _a, b) => passedTo(dy, b),
  ),
  AddN: sumOfList,
  Sub: binary(
    (dy, a) => passedTo(dy, a),
    (dy, _a, b) => tf.reshape(tf.neg(summed(dy, b)), b.shape),
  ),
  Multiply: binary(
    (dy, a, b) => summedTo(tf.mul(dy, b), a),
    (dy, a, b) => summedTo(tf.mul(dy, a), b),
  ),
  RealDiv: division,
  // a mod b = a - b floor(a/b).
  Mod: binary(
    (dy, a) => passedTo(dy, a),
    (dy, a, b) => summedTo(tf.mul(dy, tf.neg(tf.floor(tf.div(a, b)))), b),
  ),
  Pow: power,
  Maximum: binary(
    (dy, a, b) => summedTo(masked(dy, tf.greaterEqual(a, b)), a),
    (dy, a, b) => summedTo(masked(dy, tf.less(a, b)), b),
  ),
  Minimum: binary(
    (dy, a, b) => summedTo(masked(dy, tf.lessEqual(a, b)), a),
    (dy, a, b) => summedTo(masked(dy, tf.greater(a, b)), b),
  ),
  SquaredDifference: binary(
    (dy, a, b) => summedTo(tf.mul(dy, tf.mul(2, tf.sub(a, b))), a),
    (dy, a, b) => summedTo(tf.mul(dy, tf.mul(2, tf.sub(b, a))), b),
  ),
  Neg: linear(dy => tf.neg(dy)),
  // The sign as -1 or 1: at 0 it is -1.
  Abs: fromInput((dy, x) => tf.mul(dy, tf.step(x, -1))),
  Square: fromInput((dy, x) => tf.mul(dy, tf.mul(x, 2))),
  Sqrt: fromInput((dy, x) => tf.div(dy, tf.mul(tf.sqrt(x), 2))),
  Rsqrt: fromInput((dy, x) => tf.neg(tf.div(dy, tf.mul(tf.pow(x, 1.5), 2)))),
  Reciprocal: fromInput((dy, x) => tf.div(dy, tf.neg(tf.square(x)))),
  ClipByValue: fromInput<ClipByValueAttrs>((dy, x, { clipValueMin, clipValueMax }) => {
    const inside = tf.logicalAnd(tf.greaterEqual(x, clipValueMin), tf.lessEqual(x, clipValueMax));
    return tf.where(inside, dy, tf.zerosLike(dy));
  }),
};
