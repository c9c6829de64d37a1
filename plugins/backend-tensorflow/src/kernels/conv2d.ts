import { tf, type Convolution } from '@carl-ssl/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Convolution with PyTorch's symmetric padding. TensorFlow pads where its rule 'same' gives the same result, for example
 * at stride 1. Otherwise a separate operation pads, and leaves out padding that no window reads.
 */
export function conv2d(input: Tensor4D, { filter, stride, padding }: Convolution): Tensor4D {
  const [height, width] = filter.shape;
  const rows = margin(input.shape[1], { kernel: height, stride, padding });
  const columns = margin(input.shape[2], { kernel: width, stride, padding });
  if (height === 1 && width === 1 && stride > 1)
    return tf.conv2d(everyPixel(pad(input, rows, columns), stride), filter, 1, 'valid');
  if (rows.same && columns.same) return tf.conv2d(input, filter, stride, 'same');
  return tf.conv2d(pad(input, rows, columns), filter, stride, 'valid');
}

/** Padding along one axis in pixels, and whether TensorFlow's 'same' gives the same padding. */
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
  // Negative if no window reaches the last pixels.
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
 * Selects every s-th pixel of every s-th row. A 1x1 convolution of stride 1 on these replaces a strided convolution: for
 * fewer than 8 input channels, oneDNN computes a wrong filter gradient of the latter and writes beyond its memory.
 */
const everyPixel = (input: Tensor4D, stride: number): Tensor4D => tf.avgPool(input, 1, stride, 'valid');
