import { tf } from '../tf.js';
import { binary, constantSteps, fromInput, type GradientTable } from './gradient-table.js';

const ofBoth = binary(
  (_dy, a) => tf.zeros(a.shape),
  (_dy, _a, b) => tf.zeros(b.shape),
);

const ofIndices = fromInput((_dy, x) => tf.zeros(x.shape));

/** Functions that are constant between jumps: rounding, signs, comparisons, indices. Their gradient is 0. */
export const piecewiseConstant: GradientTable = {
  Ceil: constantSteps,
  Floor: constantSteps,
  Round: constantSteps,
  Sign: constantSteps,
  Step: constantSteps,
  IsFinite: constantSteps,
  IsInf: constantSteps,
  IsNan: constantSteps,
  ZerosLike: constantSteps,
  OnesLike: constantSteps,
  FloorDiv: ofBoth,
  GreaterEqual: ofBoth,
  ArgMax: ofIndices,
  ArgMin: ofIndices,
  OneHot: fromInput((_dy, indices) => tf.zeros(indices.shape), 'indices'),
};
