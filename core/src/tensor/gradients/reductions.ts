import type { CumsumAttrs, MaxAttrs, Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { masked } from './broadcasting.js';
import { fromBoth, fromInput, linear, type GradientTable } from './gradient-table.js';

/** Attributes of most reductions; without an axis they reduce all of them. */
interface Reduction {
  readonly axis: number | number[];
}

/** A result of a reduction of x with the reduced axes as axes of size 1. */
function withAxes(result: Tensor, { shape }: Tensor, axis: number | number[]): Tensor {
  const axes = tf.util.parseAxisParam(axis, shape);
  return tf.reshape(result, tf.backend_util.expandShapeToKeepDim(shape.filter((_, i) => !axes.includes(i)), axes)); // prettier-ignore
}

/** dy of a sum over axes of x, repeated along these: in the shape of x. */
const repeated = (dy: Tensor, x: Tensor, axis: number | number[]): Tensor =>
  tf.mul(withAxes(dy, x, axis), tf.ones(x.shape));

/** dy at every position where x has the extreme value y. */
const atExtreme = (dy: Tensor, { x, y }: Readonly<Record<'x' | 'y', Tensor>>, axis: number | number[]): Tensor =>
  masked(withAxes(dy, x, axis), tf.equal(x, withAxes(y, x, axis)));

/** For every element the product of all others that it is multiplied with: those before it times those after it. */
function productOfOthers(x: Tensor, axis: number | number[]): Tensor {
  const axes = tf.util.parseAxisParam(axis, x.shape);
  const kept = x.shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const order = [...kept, ...axes];
  const moved = tf.transpose(x, order);
  const rows = tf.reshape(moved, [...kept.map(i => x.shape[i]), -1]);
  const others = tf.mul(tf.cumprod(rows, kept.length, true), tf.cumprod(rows, kept.length, true, true));
  return tf.transpose(tf.reshape(others, moved.shape), x.shape.map((_, i) => order.indexOf(i))); // prettier-ignore
}

/** Reductions over axes, and cumulative sums. */
export const reductions: GradientTable = {
  Sum: fromInput<Reduction>((dy, x, { axis }) => repeated(dy, x, axis)),
  Mean: fromInput<Reduction>((dy, x, { axis }) => tf.div(repeated(dy, x, axis), x.size / dy.size)),
  Prod: fromInput<Reduction>((dy, x, { axis }) => tf.mul(withAxes(dy, x, axis), productOfOthers(x, axis))),
  Max: fromBoth<MaxAttrs>((dy, saved, { reductionIndices }) => atExtreme(dy, saved, reductionIndices)),
  Min: fromBoth<Reduction>((dy, saved, { axis }) => atExtreme(dy, saved, axis)),
  Cumsum: linear<CumsumAttrs>((dy, { axis, exclusive, reverse }) => tf.cumsum(dy, axis, exclusive, !reverse)),
};
