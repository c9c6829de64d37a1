import { tf } from '../tf.js';
import { fromInput, type GradientTable } from './gradient-table.js';

/** Complex numbers. TensorFlow.js carries real gradients only, so that of |x| is the one by the real part: Re x / |x|, and 0 at 0. */
export const complex: GradientTable = {
  ComplexAbs: fromInput((dy, x) => tf.mul(dy, tf.divNoNan(tf.real(x), tf.abs(x)))),
};
