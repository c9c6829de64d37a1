import * as tf from '@tensorflow/tfjs-core';
import { applyEnvironment } from '../environment.js';
import { loadBackend } from '../load.js';

/**
 * A program of its own: loads the installation named by its argument and checks a convolution's gradient against the
 * pure JavaScript backend. A library that does not fit ends a process, so this one is not the installer's.
 */
const [folder] = process.argv.slice(2);
applyEnvironment({ threads: 1, oneDNN: true });
await tf.setBackend('cpu');
const expected = gradient();
const addon = loadBackend(folder);
await tf.setBackend('tensorflow');
const difference = gradient().reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i])), 0);
if (!(difference < 1e-4)) throw new Error(`the gradient of a convolution is off by ${difference}`);
process.stdout.write(`${JSON.stringify({ tensorflow: addon.TF_Version, gpu: addon.isUsingGpuDevice() })}\n`);

/** Of sum(conv(x, w)^2) by w, at fixed x [1,5,5,2] and w [3,3,2,3]. */
function gradient(): Float32Array {
  const image = tf.reshape<tf.Rank.R4>(tf.sin(tf.range(0, 50)), [1, 5, 5, 2]);
  const filter = tf.reshape<tf.Rank.R4>(tf.cos(tf.range(0, 54)), [3, 3, 2, 3]);
  const loss = (w: tf.Tensor) => tf.sum(tf.square(tf.conv2d(image, w as tf.Tensor4D, 1, 'same'))) as tf.Scalar;
  return tf.grad(loss)(filter).dataSync() as Float32Array;
}
