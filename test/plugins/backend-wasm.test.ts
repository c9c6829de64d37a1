import { kernels, scope } from '@carl-ssl/core';
import { useKernels } from '@carl-ssl/core/testing';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import wasm from '@carl-ssl/backend-wasm';
import { expect } from 'chai';
import { conv2d, type Values } from '../core/kernels-reference.js';
import { distance, noise, random, toTensor } from '../core/kernels-support.js';

const backend = (threads: number) => wasm.components[0].create({ threads }, {});

/** Gradients of sum(conv2d * dy) in double precision: the loss is linear in both inputs. */
function convolutionGradients(
  x: Values,
  filter: Values,
  { dy, stride, padding }: { dy: Values; stride: number; padding: number },
) {
  const [dx, dw] = [x, filter].map(({ shape, data }) => ({ shape, data: new Float64Array(data.length) }));
  const [batch, height, width, channels] = x.shape;
  const [rows, columns, , outputs] = filter.shape;
  const [, outRows, outColumns] = dy.shape;
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < outRows; i++)
      for (let j = 0; j < outColumns; j++)
        for (let r = 0; r < rows; r++)
          for (let q = 0; q < columns; q++) {
            const [h, w] = [i * stride + r - padding, j * stride + q - padding];
            if (h < 0 || w < 0 || h >= height || w >= width) continue;
            for (let c = 0; c < channels; c++)
              for (let d = 0; d < outputs; d++) {
                const [at, of] = [
                  ((b * height + h) * width + w) * channels + c,
                  ((r * columns + q) * channels + c) * outputs + d,
                ];
                const slope = dy.data[((b * outRows + i) * outColumns + j) * outputs + d];
                dx.data[at] += slope * filter.data[of];
                dw.data[of] += slope * x.data[at];
              }
          }
  return [dx, dw];
}

/** A random problem with the given filter side, stride and padding. */
function problem(side: number, stride: number, padding: number) {
  const from = random(side, stride, padding);
  const least = Math.max(5, side - 2 * padding);
  const [height, width] = [0, 1].map(() => least + from.integer(18 - least));
  const [batch, channels, outputs] = [1 + from.integer(3), 1 + from.integer(9), 1 + from.integer(9)];
  const [x, filter] = [noise([batch, height, width, channels], from), noise([side, side, channels, outputs], from)];
  const value = conv2d(x, filter, stride, padding);
  return { x, filter, value, dy: noise(value.shape, from) };
}

/** Checks a value and the gradients by its first arguments against plain JavaScript's backend. */
async function expectAsOnCpu(
  shapes: number[][],
  compute: (...inputs: Tensor[]) => Tensor,
  differentiable = shapes.length,
): Promise<void> {
  const inputs = shapes.map((shape, i) => noise(shape, random(i)));
  const run = (): Values[] =>
    scope(() => {
      const given = inputs.map(toTensor);
      const rest = given.slice(differentiable);
      const value = compute(...given);
      const weights = toTensor(noise(value.shape, random(9)));
      const loss = (...x: Tensor[]) => tf.sum(tf.mul(compute(...x, ...rest), weights));
      const gradients = differentiable === 0 ? [] : tf.grads(loss)(given.slice(0, differentiable));
      return [value, ...gradients].map(tensor => ({ shape: tensor.shape, data: Float64Array.from(tensor.dataSync()) }));
    });
  const actual = run();
  await tf.setBackend('cpu');
  const expected = run();
  await tf.setBackend('wasm');
  actual.forEach(({ shape, data }, i) =>
    tf.tidy(() => void expect(distance(toTensor({ shape, data }), expected[i])).to.be.below(5e-6)),
  );
}

describe('wasm backend', () => {
  before(async () => useKernels(await backend(1).activate()));
  after(async () => {
    useKernels({});
    await tf.setBackend('cpu');
  });

  for (const side of [1, 3, 5, 7])
    for (const stride of [1, 2, 3])
      it(`convolves ${side}x${side} of stride ${stride} with paddings 0 to 3: values and both gradients`, () => {
        for (const padding of [0, 1, 2, 3]) {
          const { x, filter, value, dy } = problem(side, stride, padding);
          const expected = [value, ...convolutionGradients(x, filter, { dy, stride, padding })];
          tf.tidy(() => {
            const [input, weight] = [toTensor(x), toTensor(filter)];
            const compute = (a: Tensor, b: Tensor) =>
              kernels.conv2d(a as Tensor4D, { filter: b as Tensor4D, stride, padding });
            const actual = [compute(input, weight), ...tf.grads(compute)([input, weight], toTensor(dy))];
            actual.forEach((tensor, i) => expect(distance(tensor, expected[i]), `${padding}, ${i}`).to.be.below(3e-6));
          });
        }
      });

  it('convolves batches of several groups', () => {
    const from = random(5);
    const [x, filter] = [noise([40, 28, 28, 2], from), noise([3, 3, 2, 3], from)];
    const dy = noise([40, 28, 28, 3], from);
    const expected = convolutionGradients(x, filter, { dy, stride: 1, padding: 1 });
    tf.tidy(() => {
      const compute = (a: Tensor, b: Tensor) =>
        kernels.conv2d(a as Tensor4D, { filter: b as Tensor4D, stride: 1, padding: 1 });
      const actual = tf.grads(compute)([toTensor(x), toTensor(filter)], toTensor(dy));
      actual.forEach((tensor, i) => expect(distance(tensor, expected[i])).to.be.below(1e-5));
    });
  });

  it("differentiates TensorFlow.js's own padded and rectangular convolutions", async () => {
    const padded = (stride: number | [number, number], pad: 'same' | 'valid') => (x: Tensor, w: Tensor) =>
      tf.conv2d(x as Tensor4D, w as Tensor4D, stride, pad);
    await expectAsOnCpu([[2, 9, 8, 3], [3, 3, 3, 4]], padded(2, 'same')); // prettier-ignore
    await expectAsOnCpu([[2, 9, 8, 3], [2, 5, 3, 4]], padded([1, 2], 'valid')); // prettier-ignore
    await expectAsOnCpu([[2, 7, 8, 3], [4, 1, 3, 4]], padded([3, 1], 'same')); // prettier-ignore
  });

  it('multiplies matrices in all orientations, batched and broadcast', async () => {
    for (const [a, b] of [
      [
        [5, 7],
        [7, 3],
      ],
      [
        [4, 5, 7],
        [4, 7, 3],
      ],
      [
        [4, 5, 7],
        [1, 7, 3],
      ],
      [
        [1, 5, 7],
        [4, 7, 3],
      ],
      [
        [2, 3, 5, 7],
        [2, 3, 7, 20],
      ],
    ])
      // prettier-ignore
      for (const transposeA of [false, true])
        for (const transposeB of [false, true]) {
          const turned = (shape: number[], turn: boolean) => (turn ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()] : shape);
          const product = (x: Tensor, y: Tensor) => tf.matMul(x, y, transposeA, transposeB);
          // TensorFlow.js itself has no gradient for a broadcast operand.
          const differentiable = a.length === 2 || a[0] === b[0] ? 2 : 0;
          await expectAsOnCpu([turned(a, transposeA), turned(b, transposeB)], product, differentiable);
        }
  });

  it('sums and averages over leading axes as over others', async () => {
    for (const shape of [
      [6, 4, 5, 3],
      [7, 1, 1, 2],
      [13, 2, 1, 5],
    ])
      // prettier-ignore
      for (const axis of [0, [0, 1], [1, 0], [0, 1, 2], [1, 2], [0, 2], [0, 1, 2, 3]])
        for (const keepDims of [false, true]) {
          await expectAsOnCpu([shape], x => tf.sum(x, axis, keepDims));
          await expectAsOnCpu([shape], x => tf.mean(x, axis, keepDims));
        }
    tf.tidy(() => {
      const counts = tf.sum(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), 0);
      expect([counts.dtype, ...counts.dataSync()]).to.deep.equal(['int32', 4, 6]);
    });
  });

  it('has the kernels it lacks: gather, einsum and depthwise gradients', async () => {
    await expectAsOnCpu([[6, 3]], x => tf.gather(x, tf.tensor1d([1, 1, 5, 0], 'int32')));
    await expectAsOnCpu([[4, 3]], x => tf.unsortedSegmentSum(x as Tensor2D, tf.tensor1d([1, 0, 1, 1], 'int32'), 2));
    await expectAsOnCpu([[2, 6, 6, 3], [3, 3, 3, 2]], (x, w) => tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, 1, 'valid')); // prettier-ignore
    tf.tidy(() => {
      const product = tf.einsum('ij,jk->ik', tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([1, 0, 1, 1], [2, 2]));
      expect([...product.dataSync()]).to.deep.equal([3, 2, 7, 4]);
    });
  });

  it('frees its heap: 300 gradients need no more of it than 20', () => {
    const from = random(6);
    const [x, filter] = [toTensor(noise([8, 14, 14, 8], from)), toTensor(noise([3, 3, 8, 8], from))];
    const heap = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
    const differentiate = tf.grads((a: Tensor, b: Tensor) =>
      tf.matMul(
        tf.sum(kernels.conv2d(a as Tensor4D, { filter: b as Tensor4D, stride: 2, padding: 1 }), [1, 2]),
        tf.reshape(a, [8, -1]),
        true,
      ),
    );
    const repeat = (times: number) => {
      for (let i = 0; i < times; i++) tf.dispose(differentiate([x, filter]));
      return [heap(), tf.memory().numDataBuffers];
    };
    expect(repeat(280)).to.deep.equal(repeat(20));
    tf.dispose([x, filter]);
  });

  it('computes the same bits on one thread and on three', async () => {
    const from = random(7);
    const inputs = [noise([6, 13, 12, 5], from), noise([3, 3, 5, 9], from), noise([9], from), noise([9], from)];
    const bits = () =>
      tf.tidy(() => {
        const network = (x: Tensor, w: Tensor, scale: Tensor, offset: Tensor) => {
          const { output } = kernels.batchNorm(
            kernels.conv2d(x as Tensor4D, { filter: w as Tensor4D, stride: 2, padding: 1 }),
            { scale: scale as never, offset: offset as never, epsilon: 1e-5 },
          );
          return tf.sum(tf.square(kernels.relu(output)));
        };
        return tf
          .grads(network)(inputs.map(toTensor))
          .map(gradient => [...gradient.dataSync()]);
      });
    const alone = bits();
    useKernels(await backend(3).activate());
    expect(tf.getBackend()).to.equal('wasm');
    const together = bits();
    useKernels(await backend(1).activate());
    expect(together).to.deep.equal(alone);
    expect(bits()).to.deep.equal(alone);
  });

  it('lets the process end when threads run', async () => {
    const script = `
      const { default: plugin } = await import('@carl-ssl/backend-wasm');
      const backend = plugin.components[0].create({ threads: 2 }, {});
      await backend.activate();
      console.log(JSON.stringify(backend.fingerprint()));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 500_000,
    });
    const fingerprint = JSON.parse(stdout) as { name: string; threads: number; versions: Record<string, string> };
    expect([fingerprint.name, fingerprint.threads]).to.deep.equal(['wasm', 2]);
    expect(fingerprint.versions['tfjs-backend-wasm']).to.match(/^4\./);
  });

  it('says that it is available, and ranks above plain JavaScript and below TensorFlow', async () => {
    expect(await backend(2).probe()).to.deep.equal({ available: true, reason: 'WebAssembly with SIMD, 2 threads' });
    expect(backend(2).rank).to.equal(50);
  });
});
