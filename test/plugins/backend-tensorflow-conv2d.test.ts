import { kernels, type Kernels, seededStreams } from '@carl-ssl/core';
import { useKernels } from '@carl-ssl/core/testing';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { bestInstructions } from '@carl-ssl/backend-tensorflow/testing';
import { expect } from 'chai';
import { skipped } from '../skipped.js';
import { onTensorFlow } from './backend-tensorflow-setup.js';

/** One convolution: input [batch, size, size + 1, from], filter [kernel, kernel, from, to]. */
interface Shape {
  readonly batch: number;
  readonly size: number;
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

const KERNELS = [1, 3, 5, 7];
const STRIDES = [1, 2, 3];
const CHANNELS = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16];

/** Shapes per kernel size and stride; CONV_SWEEP asks for more. */
const EACH = Number(process.env.CONV_SWEEP ?? 25);

/** Channels that our own operations take, some of them with AVX2 only. */
const OWN_CHANNELS = [16, 16, 32, 48, 64, 8, 24, 40];

/** So many channels that threads share outputs; with so many tiles that these come in two rounds. */
const MANY_CHANNELS = [
  { batch: 3, size: 4, from: 128, to: 144 },
  { batch: 140, size: 1, from: 1024, to: 16 },
];

/** Shapes drawn at random, the same ones every time. */
function shapes(): Shape[] {
  return [...mixedShapes(), ...ownShapes()];
}

function ownShapes(): Shape[] {
  const random = seededStreams(7).at('own-conv-sweep');
  const pick = () => OWN_CHANNELS[random.integer(OWN_CHANNELS.length)];
  const drawn = Array.from({ length: EACH }, () => {
    const [batch, size] = [1 + random.integer(4), 1 + random.integer(10)];
    return { batch, size, from: pick(), to: pick() };
  });
  const same = [...drawn, ...MANY_CHANNELS].map(shape => ({ ...shape, kernel: 3, stride: 1, padding: 1 }));
  const strided = drawn.slice(0, EACH / 2).map(shape => {
    const kernel = [1, 3, 5, 7][random.integer(4)];
    const [stride, padding] = [2 + random.integer(2), random.integer(kernel)];
    return { ...shape, kernel, stride, padding, size: Math.max(shape.size, kernel) };
  });
  return [...same, ...strided, { batch: 5, size: 7, from: 176, to: 176, kernel: 3, stride: 2, padding: 1 }];
}

function mixedShapes(): Shape[] {
  const random = seededStreams(7).at('conv-sweep');
  const pick = (list: readonly number[]) => list[random.integer(list.length)];
  return KERNELS.flatMap(kernel =>
    STRIDES.flatMap(stride =>
      Array.from({ length: EACH }, () => {
        const padding = pick(kernel === 1 ? [0, 0, 1] : [0, (kernel - 1) / 2, (kernel - 1) / 2, kernel - 1]);
        const size = Math.max(kernel, 1 + random.integer(14));
        return {
          batch: 1 + random.integer(3),
          size,
          from: pick(CHANNELS),
          to: pick(CHANNELS),
          kernel,
          stride,
          padding,
        };
      }),
    ),
  );
}

/** Output and both gradients, as numbers. */
function convolve(inputs: readonly Float32Array[], shape: Shape): readonly Float32Array[] {
  return tf.tidy(() => {
    const image = tf.tensor<tf.Rank.R4>(inputs[0], imageShape(shape));
    const filter = tf.tensor<tf.Rank.R4>(inputs[1], filterShape(shape));
    const compute = (x: Tensor, w: Tensor) =>
      kernels.conv2d(x as Tensor4D, { filter: w as Tensor4D, stride: shape.stride, padding: shape.padding });
    const loss = (x: Tensor, w: Tensor) => tf.sum<Scalar>(tf.sin(compute(x, w)));
    return [compute(image, filter), ...tf.grads(loss)([image, filter])].map(
      tensor => tensor.dataSync() as Float32Array,
    );
  });
}

const imageShape = ({ batch, size, from }: Shape): [number, number, number, number] => [batch, size, size + 1, from];
const filterShape = ({ kernel, from, to }: Shape): [number, number, number, number] => [kernel, kernel, from, to];

/** Largest difference over the largest expected magnitude. */
function distance(actual: Float32Array, expected: Float32Array): number {
  let [difference, scale] = [0, 1e-6];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return actual.length === expected.length ? difference / scale : Infinity;
}

function inputsOf(shape: Shape, index: number): readonly Float32Array[] {
  const random = seededStreams(11).at('conv-values', index);
  const size = (of: readonly number[]) => of.reduce((product, length) => product * length, 1);
  const scale = 1 / Math.sqrt(shape.kernel ** 2 * shape.from);
  const values = (length: number, factor: number) => Float32Array.from({ length }, () => random.normal() * factor);
  return [values(size(imageShape(shape)), 1), values(size(filterShape(shape)), scale)];
}

async function onBackend(name: string, chosen: Partial<Kernels>): Promise<readonly Float32Array[][]> {
  await tf.setBackend(name);
  useKernels(chosen);
  return shapes().map((shape, i) => [...convolve(inputsOf(shape, i), shape)]);
}

describe('conv2d of TensorFlow', () => {
  onTensorFlow(fused => {
    it(`agrees with the JavaScript backend over ${shapes().length} shapes: output, gradient of images and of filter`, async () => {
      const expected = await onBackend('cpu', {});
      const actual = await onBackend('tensorflow', fused());
      const names = ['output', 'gradient of the images', 'gradient of the filter'];
      shapes().forEach((shape, i) =>
        names.forEach((name, k) =>
          expect(distance(actual[i][k], expected[i][k]), `${name} of ${JSON.stringify(shape)}`).to.be.below(1e-5),
        ),
      );
    });

    // oneDNN has other code for every instruction set; its wrong gradient of strided 1x1 convolutions is that for AVX2.
    it('agrees as well where oneDNN may use AVX2 only', function () {
      if (bestInstructions() !== 'avx512') skipped(this, 'it may use AVX2 only in all tests');
      const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
      const env = { ...process.env, ONEDNN_MAX_CPU_ISA: 'AVX2', CI_TENSORFLOW: 'required' };
      const { status, stdout } = spawnSync(
        process.execPath,
        [mocha, '--spec', fileURLToPath(import.meta.url), '--grep', 'JavaScript'],
        {
          env,
          encoding: 'utf8',
        },
      );
      expect(status, stdout).to.equal(0);
    });

    it('repeats its results to the last bit', async () => {
      const first = await onBackend('tensorflow', fused());
      const second = await onBackend('tensorflow', fused());
      expect(first).to.deep.equal(second);
    });
  });
});
