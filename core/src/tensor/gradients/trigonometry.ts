import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { summedTo } from './broadcasting.js';
import { binary, fromInput, fromOutput, type GradientTable } from './gradient-table.js';

const squares = (a: Tensor, b: Tensor): Tensor => tf.add(tf.square(a), tf.square(b));

/** Circular and hyperbolic functions and their inverses. */
export const trigonometry: GradientTable = {
  Sin: fromInput((dy, x) => tf.mul(tf.cos(x), dy)),
  Cos: fromInput((dy, x) => tf.mul(tf.neg(tf.sin(x)), dy)),
  Tan: fromInput((dy, x) => tf.div(dy, tf.square(tf.cos(x)))),
  Asin: fromInput((dy, x) => tf.div(dy, tf.sqrt(tf.sub(1, tf.square(x))))),
  Acos: fromInput((dy, x) => tf.neg(tf.div(dy, tf.sqrt(tf.sub(1, tf.square(x)))))),
  Atan: fromInput((dy, x) => tf.div(dy, tf.add(tf.square(x), 1))),
  Atan2: binary(
    (dy, a, b) => summedTo(tf.mul(dy, tf.div(b, squares(a, b))), a),
    (dy, a, b) => summedTo(tf.neg(tf.mul(dy, tf.div(a, squares(a, b)))), b),
  ),
  Sinh: fromInput((dy, x) => tf.mul(tf.cosh(x), dy)),
  Cosh: fromInput((dy, x) => tf.mul(tf.sinh(x), dy)),
  Tanh: fromOutput((dy, y) => tf.mul(tf.sub(1, tf.square(y)), dy)),
  Asinh: fromInput((dy, x) => tf.div(dy, tf.sqrt(tf.add(1, tf.square(x))))),
  Acosh: fromInput((dy, x) => tf.div(dy, tf.sqrt(tf.sub(tf.square(x), 1)))),
  Atanh: fromInput((dy, x) => tf.div(dy, tf.sub(1, tf.square(x)))),
};
