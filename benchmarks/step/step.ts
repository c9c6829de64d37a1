/**
 * Time of a run's training step without data: SimCLR on a ResNet-18 with the stem for small images. Prints one JSON
 * line: images/s (an image is a pair of views) of the fastest and the median step, and peak memory.
 *
 *     npx tsx benchmarks/step/step.ts --width 64 --batch 64 --size 32 --channels 3 [--threads 2] [--precision bf16] [--stock] [--profile]
 */
import { useKernels } from '@carl-ssl/core/testing';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import tensorflow from '@carl-ssl/backend-tensorflow';
import { printProfile } from './profile.js';
import { simclrStep } from './simclr.js';

const { values } = parseArgs({
  options: {
    width: { type: 'string', default: '64' },
    batch: { type: 'string', default: '64' },
    size: { type: 'string', default: '32' },
    channels: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    threads: { type: 'string', default: '2' },
    precision: { type: 'string', default: 'float32' },
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

const precision = values.precision === 'bf16' ? 'bf16' : 'float32';
const trainingStep = simclrStep({ width, batch, size, channels, precision });
const first = trainingStep();
trainingStep();
if (values.profile) printProfile(trainingStep);

const times: number[] = [];
let last = first;
for (const end = performance.now() + 1000 * seconds; performance.now() < end || times.length < 5;) {
  const start = performance.now();
  last = trainingStep();
  times.push((performance.now() - start) / 1000);
}
times.sort((a, b) => a - b);
const [best, median] = [times[0], times[times.length >> 1]].map(time => Number((batch / time).toFixed(2)));

const peakMiB = process.resourceUsage().maxRSS >> 10;
const facts = {
  width,
  batch,
  size,
  channels,
  threads,
  precision,
  bf16: fused.bf16 ? 'multiplied' : 'rounded',
  kernels: values.stock ? 'composed' : 'fused',
};
process.stdout.write(
  `${JSON.stringify({ ...facts, best, median, steps: times.length, losses: [first, last], tensors: tf.memory().numTensors, peakMiB })}\n`,
);
