import * as tf from '@tensorflow/tfjs';
import { applyEnvironment } from '../environment.js';
import { loadBackend } from '../load.js';

/**
 * Program that loads the installation in the folder of its argument and compares the gradient of a convolution with the
 * JavaScript backend. It runs in a process of its own because an incompatible library terminates the process.
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

/** Returns the gradient of sum(conv(x, w)^2) with respect to w, at fixed x [1,5,5,2] and w [3,3,2,3]. */
function gradient(): Float32Array {
  const image = tf.sin(tf.range(0, 50)).reshape([1, 5, 5, 2]) as tf.Tensor4D;
  const filter = tf.cos(tf.range(0, 54)).reshape([3, 3, 2, 3]) as tf.Tensor4D;
  const loss = (w: tf.Tensor) => tf.sum(tf.square(tf.conv2d(image, w as tf.Tensor4D, 1, 'same'))) as tf.Scalar;
  return tf.grad(loss)(filter).dataSync() as Float32Array;
}
