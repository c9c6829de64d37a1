import type { AvgPool3DAttrs, AvgPoolAttrs, MaxPoolAttrs, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { runKernel } from '../engine-kernel.js';
import { tf } from '../tf.js';
import { transposedAlong } from './axis-matrices.js';
import { fromBoth, fromInput, type GradientTable, type KernelGradient } from './gradient-table.js';

/** Attributes of a pooling in two or three dimensions, as the kernels of gradients take them. */
type Pooling = Pick<AvgPoolAttrs | AvgPool3DAttrs | MaxPoolAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;

/** Windows along one axis: their number and size, the step between them, and how many pixels the first starts before the image. */
interface Windows {
  readonly count: number;
  readonly size: number;
  readonly stride: number;
  readonly before: number;
}

const attributesOf = ({ filterSize, strides, pad, dimRoundingMode }: Pooling): Pooling => {
  return { filterSize, strides, pad, dimRoundingMode };
};

/**
 * A window's mean is over the pixels that it shares with the image. Kernels of some backends divide the gradient by the
 * window's size instead, which is wrong where windows overlap the padding: there the pooling is a matrix for each axis.
 */
function average(kernel: string): KernelGradient {
  return fromInput<Pooling>((dy, x, pooling) => {
    const axes = windowsOf(x, dy, pooling);
    if (!axes.some((windows, i) => overlapsPadding(windows, x.shape[i + 1])))
      return runKernel(kernel, { dy, input: x }, attributesOf(pooling));
    return axes.reduce(
      (gradient, windows, i) => transposedAlong(gradient, i + 1, meanMatrix(windows, x.shape[i + 1])),
      dy,
    );
  });
}

const overlapsPadding = ({ count, size, stride, before }: Windows, pixels: number): boolean =>
  before > 0 || (count - 1) * stride - before + size > pixels;

/** The matrix [windows, pixels] of the means over windows. */
function meanMatrix({ count, size, stride, before }: Windows, pixels: number): Tensor2D {
  const matrix = tf.buffer<tf.Rank.R2>([count, pixels]);
  for (let window = 0; window < count; window++) {
    const start = window * stride - before;
    const [from, to] = [Math.max(0, start), Math.min(pixels, start + size)];
    for (let pixel = from; pixel < to; pixel++) matrix.set(1 / (to - from), window, pixel);
  }
  return matrix.toTensor();
}

/** The windows along each spatial axis of x [B, spatial..., C]. */
function windowsOf({ rank, shape }: Tensor, dy: Tensor, pooling: Pooling): readonly Windows[] {
  const { filterSize, strides, pad, dimRoundingMode } = pooling;
  const { padInfo } =
    rank === 4
      ? tf.backend_util.computePool2DInfo(shape as Shape4D, filterSize as Pair, strides as Pair, 1, pad, dimRoundingMode)
      : tf.backend_util.computePool3DInfo(shape as Shape5D, filterSize as Triple, strides as Triple, 1, pad as 'same', dimRoundingMode); // prettier-ignore
  const first = 'front' in padInfo ? [padInfo.front, padInfo.top, padInfo.left] : [padInfo.top, padInfo.left];
  return first.map((before, i) => {
    const [size, stride] = [filterSize, strides].map(each => (typeof each === 'number' ? each : each[i]));
    return { count: dy.shape[i + 1], size, stride, before };
  });
}

type Pair = [number, number];
type Triple = [number, number, number];
type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

/** Which of several equal maxima in a window gets the gradient depends on the backend. */
function maximum(kernel: string): KernelGradient {
  return fromBoth<Pooling>((dy, { x, y }, pooling) =>
    runKernel(kernel, { dy, input: x, output: y }, attributesOf(pooling)),
  );
}

/** Mean and maximum over windows. */
export const pooling: GradientTable = {
  AvgPool: average('AvgPoolGrad'),
  AvgPool3D: average('AvgPool3DGrad'),
  MaxPool: maximum('MaxPoolGrad'),
  MaxPool3D: maximum('MaxPool3DGrad'),
};
