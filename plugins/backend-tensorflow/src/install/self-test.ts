// Registers the gradients of operations, and the plain JavaScript backend to compare with.
import { tf } from '@carl-ssl/core';
import '@carl-ssl/core';
import { applyEnvironment } from '../environment.js';
import { loadBackend } from '../load.js';

/**
 * Program that loads the installation in the folder given as its argument and compares the gradient of a convolution with
 * the plain JavaScript backend. It is a process of its own because an incompatible library ends its process.
 */
const [folder] = process.argv.slice(2);
applyEnvironment({ threads: 1, oneDNN: true });
await tf.setBackend('cpu');
const expected = gradient();
const addon = loadBackend(folder);
await tf.setBackend('tensorflow');
const difference = gradient().reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i])), 0);
if (!(difference < 1e-4)) throw new Error(`the gradient of a convolution differs by ${difference}`);
process.stdout.write(`${JSON.stringify({ tensorflow: addon.TF_Version, gpu: addon.isUsingGpuDevice() })}\n`);

/** Gradient of sum(conv(x, w)^2) with respect to w [3,3,2,3], at fixed x [1,5,5,2] and w. */
function gradient(): Float32Array {
  const image = tf.reshape<tf.Rank.R4>(tf.sin(tf.range(0, 50)), [1, 5, 5, 2]);
  const filter = tf.reshape<tf.Rank.R4>(tf.cos(tf.range(0, 54)), [3, 3, 2, 3]);
  const loss = (w: tf.Tensor) => tf.sum(tf.square(tf.conv2d(image, w as tf.Tensor4D, 1, 'same'))) as tf.Scalar;
  return tf.grad(loss)(filter).dataSync() as Float32Array;
}
