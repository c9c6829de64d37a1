/**
 * Time of a training step without data: ResNet-18 with the stem for small images, two views, projection head, NT-Xent,
 * SGD. Prints one JSON line: images/s (an image is a pair of views) of the fastest and the median step, and peak memory.
 *
 *     npx tsx benchmarks/step/step.ts --width 64 --batch 64 --size 32 --channels 3 [--threads 2] [--stock] [--profile]
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';
import { useKernels } from '@carl-ssl/core';
import tensorflow from '@carl-ssl/backend-tensorflow';
import { printProfile } from './profile.js';
import { ResNet18 } from './resnet18.js';
import { trainingStep } from './training-step.js';

const { values } = parseArgs({
  options: {
    width: { type: 'string', default: '64' },
    batch: { type: 'string', default: '64' },
    size: { type: 'string', default: '32' },
    channels: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    threads: { type: 'string', default: '2' },
    stock: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
});
const [width, batch, size, channels, seconds, threads] = [
  'width',
  'batch',
  'size',
  'channels',
  'seconds',
  'threads',
].map(key => Number(values[key as keyof typeof values]));

const backend = tensorflow.components[0].create({ threads, oneDNN: true }, {});
const fused = await backend.activate();
useKernels(values.stock ? {} : fused);

const network = new ResNet18({ channels, width });
const views = [1, 2].map(seed => tf.randomUniform<tf.Rank.R4>([batch, size, size, channels], 0, 1, 'float32', seed));
const momenta = new Map<string, Variable>();
tf.dispose(tf.tidy(() => network.forward(views[0])));
const first = trainingStep(network, views, momenta);
if (values.profile) printProfile(() => trainingStep(network, views, momenta));

const times: number[] = [];
let last = first;
for (const end = performance.now() + 1000 * seconds; performance.now() < end || times.length < 5;) {
  const start = performance.now();
  last = trainingStep(network, views, momenta);
  times.push((performance.now() - start) / 1000);
}
times.sort((a, b) => a - b);
const [best, median] = [times[0], times[times.length >> 1]].map(time => Number((batch / time).toFixed(2)));
const peakMiB = process.resourceUsage().maxRSS >> 10;
const facts = { width, batch, size, channels, threads, kernels: values.stock ? 'composed' : 'fused' };
process.stdout.write(
  `${JSON.stringify({ ...facts, best, median, steps: times.length, losses: [first, last], tensors: tf.memory().numTensors, peakMiB })}\n`,
);
