import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.js';
import { tf } from './tf.js';

/**
 * Depthwise convolution with both gradients as depthwise convolutions again: TensorFlow.js's own kernel for the gradient
 * of the filter is plain loops on two of three backends, 20 to 170 times slower.
 */
export function depthwiseConv2d(input: Tensor4D, filter: Tensor4D): Tensor4D {
  return convolveChannels(input, filter);
}

const convolveChannels = withGradient((input: Tensor4D, filter: Tensor4D) => ({
  value: convolve(input, filter),
  saved: [input, filter],
  gradient: (dy, [x, f]) => [
    convolve(dy, tf.reverse<Tensor4D>(f as Tensor4D, [0, 1])),
    filterGradient(x as Tensor4D, { dy, shape: f.shape as Shape }),
  ],
}));

type Shape = [height: number, width: number, one: number, channels: number];

/** Filters are [h,w,1,C] here, like those of a convolution with a group a channel, and [h,w,C,1] to TensorFlow.js. */
function convolve(input: Tensor4D, filter: Tensor4D): Tensor4D {
  const [height, width, , channels] = filter.shape;
  return tf.depthwiseConv2d(input, tf.reshape(filter, [height, width, channels, 1]), 1, 'same');
}

/**
 * Entry (i,j,c) is the sum over batch and pixels of x, shifted by (i,j), times dy. With the images of the batch as
 * channels of one image, this is a convolution of x with dy as the filter.
 */
function filterGradient(x: Tensor4D, { dy, shape }: { readonly dy: Tensor4D; readonly shape: Shape }): Tensor {
  const [height, width, , channels] = shape;
  const [batch, rows, columns] = dy.shape;
  const [above, beside] = [(height - 1) / 2, (width - 1) / 2];
  const padded = tf.pad(x, [
    [0, 0],
    [above, above],
    [beside, beside],
    [0, 0],
  ]);
  const image: Tensor4D = tf.reshape(sideBySide(padded), [1, rows + height - 1, columns + width - 1, batch * channels]);
  const filter: Tensor4D = tf.reshape(sideBySide(dy), [rows, columns, batch * channels, 1]);
  const each = tf.depthwiseConv2d(image, filter, 1, 'valid');
  return tf.reshape(tf.sum(tf.reshape(each, [height, width, batch, channels]), 2), shape);
}

/** [B,H,W,C] -> [H,W,B,C]. */
const sideBySide = (images: Tensor4D): Tensor => tf.transpose(images, [1, 2, 0, 3]);
