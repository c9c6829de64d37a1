import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Convolution with torch's symmetric padding. TensorFlow pads by itself where its own rule gives the same ('same' at
 * stride 1, for example); elsewhere only the pixels that are read are padded, in a step of its own.
 */
export function conv2d(input: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
  const [height, width] = filter.shape;
  const rows = margin(input.shape[1], { kernel: height, stride, padding });
  const columns = margin(input.shape[2], { kernel: width, stride, padding });
  if (height === 1 && width === 1 && stride > 1)
    return tf.conv2d(everyPixel(pad(input, rows, columns), stride), filter, 1, 'valid');
  if (rows.same && columns.same) return tf.conv2d(input, filter, stride, 'same');
  return tf.conv2d(pad(input, rows, columns), filter, stride, 'valid');
}

/** Padding along one axis, and whether TensorFlow's 'same' is just that. */
interface Margin {
  readonly before: number;
  readonly after: number;
  readonly same: boolean;
}

function margin(
  size: number,
  { kernel, stride, padding }: { kernel: number; stride: number; padding: number },
): Margin {
  const steps = Math.floor((size + 2 * padding - kernel) / stride);
  // Negative: pixels at the end that no window reaches.
  const after = steps * stride + kernel - size - padding;
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  const same = steps + 1 === Math.ceil(size / stride) && Math.floor(total / 2) === padding;
  return { before: padding, after: Math.max(0, after), same };
}

function pad(input: Tensor4D, rows: Margin, columns: Margin): Tensor4D {
  if (rows.before + rows.after + columns.before + columns.after === 0) return input;
  return tf.pad(input, [[0, 0], [rows.before, rows.after], [columns.before, columns.after], [0, 0]]); // prettier-ignore
}

/**
 * Every s-th pixel of every s-th row. A 1x1 convolution of stride 1 on these replaces a strided one, whose filter
 * gradient oneDNN gets wrong, and writes beyond its memory, for fewer than 8 input channels.
 */
const everyPixel = (input: Tensor4D, stride: number): Tensor4D => tf.avgPool(input, 1, stride, 'valid');
