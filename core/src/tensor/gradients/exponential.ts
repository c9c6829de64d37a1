import { tf } from '../tf.js';
import { fromInput, fromOutput, type GradientTable } from './gradient-table.js';

/** Exponential functions and logarithms. */
export const exponential: GradientTable = {
  Exp: fromOutput((dy, y) => tf.mul(dy, y)),
  Expm1: fromInput((dy, x) => tf.mul(dy, tf.exp(x))),
  Log: fromInput((dy, x) => tf.div(dy, x)),
  Log1p: fromInput((dy, x) => tf.div(dy, tf.add(x, 1))),
  // erf(x) is 2 / sqrt(pi) times the integral of exp(-t^2) up to x.
  Erf: fromInput((dy, x) => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI)))),
};
