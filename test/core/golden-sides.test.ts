import { type Kernels, kernels, type Optimizer, scope, withGradient } from '@carl-ssl/core';
import {
  compare,
  composedKernels,
  type Compute,
  type GoldenCase,
  inFloat64,
  judgeBySides,
  type SideComparison,
  noting,
  type Outputs,
  type Sides,
  useKernels,
  withKernels,
} from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import wasm from '@carl-ssl/backend-wasm';
import optim from '@carl-ssl/optim';
import { expect } from 'chai';
import { noise, random, toTensor } from './kernels-support.js';
import { workbench } from '../plugins/objective-support.js';

const adam = workbench(optim).make<Optimizer>('optimizer', { use: 'adam', learningRate: 0.1 });

/** A case that computes tensors, in small. */
const computing =
  (tensors: (optimizer: Optimizer) => Record<string, Tensor>): Compute =>
  watch =>
    withKernels(
      own => watch?.kernels(own) ?? own,
      () => Promise.resolve(scope(() => hosts(tensors(watch?.optimizer(adam) ?? adam)))),
    );

const hosts = (tensors: Record<string, Tensor>): Outputs =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      { shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) },
    ]),
  );

interface Tried {
  /** Error of the float32 result over what is allowed. */
  readonly direct: number;
  readonly sides: Sides;
  readonly judgement: SideComparison;
}

/** Judges what a case gives on a backend with kernels of its own; `reference` is what float64 gives unless said otherwise. */
async function judged(compute: Compute, own: Partial<Kernels>, reference?: Outputs): Promise<Tried> {
  const golden: GoldenCase = {
    ...{ kind: 'head', name: 'small', folder: '', use: '', options: {}, inputs: {} },
    expect: reference ?? (await inFloat64(() => compute())),
    tolerance: { relative: 1e-4, absolute: 1e-6 },
  };
  const sides: Sides = { relus: [], gradients: [] };
  return withKernels(
    before => ({ ...before, ...own }),
    async () => {
      const outputs = (await compute(noting(sides)))!;
      const judgement = await judgeBySides(golden, compute, { outputs, sides });
      return { direct: compare(golden, outputs).worst, sides, judgement };
    },
  );
}

/** Rounds as a backend might: everything comes out a little lower. */
const lower =
  (by: number): Kernels['relu'] =>
  input =>
    tf.tidy(() => composedKernels.relu(tf.sub(input, by)));

/** Lets through what is above a limit, by a factor. */
const relu = (limit: number, factor = 1): Kernels['relu'] =>
  withGradient((x: Tensor) => {
    const open = tf.mul<Tensor>(tf.cast(tf.greater(x, limit), 'float32'), factor);
    return { value: tf.mul<Tensor>(x, tf.step(open)), saved: [open], gradient: (dy, [slope]) => [tf.mul(dy, slope)] };
  }) as Kernels['relu'];

const rectified = (...values: number[]): Compute =>
  computing(() => {
    const { value, grad } = tf.valueAndGrad(x => tf.sum(tf.mul(kernels.relu(x), 3)))(tf.tensor1d(values));
    return { value, grad };
  });

describe('golden cases that rounding moved across a kink', () => {
  before(() => tf.setBackend('cpu'));
  after(async () => {
    useKernels({});
    await tf.setBackend('cpu');
  });

  it('pass if float64 agrees with the signs that rounding produced', async () => {
    const { direct, judgement } = await judged(rectified(1, 5e-8, -0.5), { relu: lower(1e-7) });
    expect(direct).to.be.above(1000);
    expect(judgement).to.include({
      status: 'passed',
      detail: '1 of 3 values had the opposite sign, within rounding',
    });
    expect(judgement.worst).to.be.below(0.01);
  });

  it('fail if a value far from zero has the other sign', async () => {
    const { judgement } = await judged(rectified(1, 1e-6, -0.5), { relu: relu(1e-5) });
    expect(judgement.status).to.equal('failed');
    expect(judgement.detail).to.match(/^1 of 3 values had .+, up to 2\.1 times as far from zero as rounding explains$/);
  });

  it('fail on a wrong gradient, with and without a value of the other sign', async () => {
    const wrong = relu(1e-7, 1.001);
    const without = await judged(rectified(1, 0.5, -0.5), { relu: wrong });
    expect(without.judgement).to.deep.equal({
      status: 'failed',
      detail: 'no value had the opposite sign',
    });
    const beside = await judged(rectified(1, 5e-8, -0.5), { relu: wrong });
    expect(beside.judgement.status).to.equal('failed');
    expect(beside.judgement.detail).to.match(/; with the same signs the error is still 10 times the tolerance, grad$/);
  });

  it('fail if float64 differs from the reference or computes other relus', async () => {
    const compute = rectified(1, 5e-8);
    const other = { ...(await inFloat64(() => compute())), value: 3.1 };
    const { judgement } = await judged(compute, { relu: lower(1e-7) }, other);
    expect(judgement.detail).to.equal('out of tolerance in float64 too');
    let calls = 0;
    const changing: Compute = watch => rectified(...(calls++ === 1 ? [1, 5e-8, 2] : [1, 5e-8]))(watch);
    const changed = await judged(changing, { relu: lower(1e-7) });
    expect(changed.judgement.detail).to.equal('the float64 run computes other relus');
  });

  it('record the relu within a kernel that also convolves', async () => {
    const x = toTensor(noise([2, 3, 3, 2], random(1))) as Tensor4D;
    const filter: Tensor4D = tf.ones([1, 1, 2, 2]);
    const parameters = { scale: tf.ones<tf.Rank.R1>([2]), offset: tf.zeros<tf.Rank.R1>([2]), epsilon: 1e-5 };
    const network = computing(() => {
      const convolved = (image: Tensor) =>
        kernels.batchNormReluConv2d(image as Tensor4D, parameters, { filter, stride: 1, padding: 0 }).output;
      const { value, grad } = tf.valueAndGrad(image => tf.sum(convolved(image)))(x);
      return { value, grad };
    });
    const inSteps = await judged(network, {});
    const inOne = await judged(network, {
      batchNormReluConv2d: (input, { scale, offset, epsilon }, convolution) => {
        const { output, ...rest } = composedKernels.batchNorm(input, { scale, offset, epsilon });
        return { output: composedKernels.conv2d(composedKernels.relu(output), convolution), ...rest };
      },
    });
    expect(inSteps.sides.relus).to.have.length(1);
    expect(inOne.sides).to.deep.equal(inSteps.sides);
    tf.dispose([x, filter, ...Object.values(parameters)] as Tensor[]);
  });

  it('record the relus of all kernels once, in order and over several steps', async () => {
    const x: Tensor2D = toTensor(noise([6, 4], random(1))) as Tensor2D;
    const shift = tf.tensor1d([2, -1.5, 0.3, -0.7]);
    const network = computing(() => {
      const parameters = { scale: tf.ones<tf.Rank.R1>([4]), offset: tf.zeros<tf.Rank.R1>([4]), epsilon: 1e-5 };
      const step = (y: Tensor2D) => {
        const { output } = kernels.batchNormRelu(y, parameters);
        const joined = kernels.batchNormRelu(y, { ...parameters, shortcut: output }).output;
        return kernels.addRelu(kernels.relu(tf.add<Tensor2D>(joined, shift)), y);
      };
      const { value, grad } = tf.valueAndGrad(y => tf.sum(step(step(y as Tensor2D))))(x);
      return { value, grad };
    });
    const inSteps = await judged(network, {});
    const fused: Partial<Kernels> = {
      batchNormRelu: (input, { scale, offset, epsilon, shortcut }) => {
        const { output, ...rest } = composedKernels.batchNorm(input, { scale, offset, epsilon });
        return { output: composedKernels.relu(shortcut ? tf.add(output, shortcut) : output) as typeof input, ...rest };
      },
    };
    const inOne = await judged(network, fused);
    expect(inSteps.sides.relus).to.have.length(8);
    expect(inOne.sides).to.deep.equal(inSteps.sides);
    expect(new Set(inOne.sides.relus.map(String)).size).to.be.above(4);
    expect(inOne.judgement.detail).to.equal('no value had the opposite sign');
    tf.dispose([x, shift]);
  });

  it('pass on gradients that are zero up to rounding, which Adam turns into full updates, and fail on larger ones', async () => {
    const weights = tf.tensor1d([1, 0]);
    const trained = computing(optimizer => {
      const value = tf.variable(tf.tensor1d([1, 2]), true, undefined);
      const slots = { mean: tf.variable(tf.zeros([2])), square: tf.variable(tf.zeros([2])) };
      const gradient = tf.grad(x => tf.sum(tf.mul(kernels.relu(x), weights)))(value as Tensor1D);
      optimizer.apply([{ name: 'p', value, gradient, slots, updates: 0 }], 0.1, { step: 0, steps: 1 });
      const after = tf.clone(value);
      tf.dispose([value, ...Object.values(slots)]);
      return { after };
    });
    const noisy = (by: number): Partial<Kernels> => ({
      relu: withGradient((x: Tensor) => ({ value: tf.relu(x), gradient: dy => [tf.add(dy, by)] })) as Kernels['relu'],
    });
    const within = await judged(trained, noisy(1e-8));
    expect(within.direct).to.be.above(100);
    expect(within.judgement).to.include({
      status: 'passed',
      detail: '1 of 4 values and gradients had the opposite sign, within rounding',
    });
    const beyond = await judged(trained, noisy(1e-6));
    expect(beyond.judgement.status).to.equal('failed');
    weights.dispose();
  });

  it('leave kernels, backend and memory as they were, also when they fail', async () => {
    useKernels(await wasm.components[0].create({ threads: 1 }, {}).activate());
    const [own, tensors] = [await activeKernels(), tf.memory().numTensors];
    const { judgement } = await judged(rectified(1, 5e-8), { relu: lower(1e-7) });
    expect(judgement.status).to.equal('passed');
    const failing: Compute = () => Promise.reject(new Error('of the case'));
    const nothing = { outputs: {}, sides: { relus: [], gradients: [] } };
    const error: unknown = await judgeBySides({} as GoldenCase, failing, nothing).catch((reason: unknown) => reason);
    expect(error).to.have.property('message', 'of the case');
    expect([tf.getBackend(), tf.memory().numTensors]).to.deep.equal(['wasm', tensors]);
    expect(await activeKernels()).to.equal(own);
  });
});

async function activeKernels(): Promise<Kernels> {
  let active = composedKernels;
  await withKernels(
    own => (active = own),
    () => Promise.resolve(),
  );
  return active;
}
