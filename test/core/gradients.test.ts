import { inFloat64 } from '@carl-ssl/core/testing';
import { seededStreams } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { cases, type Case, type Input } from './gradient-cases.js';

/** Kernels that tfjs-core 4.22.0 has gradients for: the files of its folder `dist/gradients`. */
const KERNELS =
  `Abs Acos Acosh Add AddN ArgMax ArgMin Asin Asinh Atan Atan2 Atanh AvgPool AvgPool3D BatchMatMul BatchToSpaceND
  BroadcastTo Cast Ceil ClipByValue ComplexAbs Concat Conv2D Conv2DBackpropInput Conv3D Cos Cosh Cumsum
  DepthwiseConv2dNative Dilation2D Elu Erf Exp ExpandDims Expm1 Floor FloorDiv FusedBatchNorm GatherV2 GreaterEqual
  Identity IsFinite IsInf IsNan LRN LeakyRelu Log Log1p LogSoftmax Max MaxPool MaxPool3D Maximum Mean Min Minimum
  MirrorPad Mod Multiply Neg OneHot OnesLike Pack PadV2 Pow Prelu Prod RealDiv Reciprocal Relu Relu6 Reshape
  ResizeBilinear ResizeNearestNeighbor Reverse Round Rsqrt Select Selu Sigmoid Sign Sin Sinh Slice Softmax Softplus
  SpaceToBatchND SplitV Sqrt Square SquaredDifference Step Sub Sum Tan Tanh Tile Transpose Unpack UnsortedSegmentSum
  ZerosLike`.split(/\s+/);

const streams = seededStreams(9);
const STEP = 1e-5;

/** Relative accuracy of differences where a kernel's own error exceeds 1e-6: erf of plain JavaScript is an approximation. */
const ACCURACY: Readonly<Record<string, number>> = { Erf: 2e-5 };

const register = (kernelName: string, kernelFunc: KernelFunc): void =>
  tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc });

const normal = (purpose: string, size: number): number[] => {
  const random = streams.at(purpose);
  return Array.from({ length: size }, () => random.normal());
};

const tensorOf = ({ values, shape }: Input): Tensor => tf.tensor([...values], [...shape]);

/** The sum of a function's value, weighted with fixed random numbers. */
function weighted({ compute }: Case, inputs: readonly Tensor[]): Tensor {
  const y = compute(...inputs);
  return tf.sum(tf.mul(y, tf.tensor(normal('weights', y.size), y.shape)));
}

/** Derivatives along a random direction of each input: by its gradient, and by central differences. */
function slopesOf(one: Case, index: number): { readonly gradient: number; readonly differences: number } {
  return tf.tidy(() => {
    const inputs = one.inputs.map(tensorOf);
    const direction = tf.tensor(normal(`direction ${index}`, inputs[index].size), inputs[index].shape);
    const at = (by: number): number => {
      const moved = inputs.with(index, tf.add(inputs[index], tf.mul(direction, by)));
      return weighted(one, moved).dataSync()[0];
    };
    const gradients = tf.grads((...given: Tensor[]) => weighted(one, given))(inputs);
    return {
      gradient: tf.sum(tf.mul(gradients[index], direction)).dataSync()[0],
      differences: (at(STEP) - at(-STEP)) / (2 * STEP),
    };
  });
}

/** Runs work and returns how often it asked for the gradient of a kernel. */
async function countCalls(kernelName: string, work: () => Promise<void>): Promise<number> {
  const gradient = tf.getGradient(kernelName);
  let calls = 0;
  const gradFunc: GradConfig['gradFunc'] = (...given) => {
    calls += 1;
    return gradient.gradFunc(...given);
  };
  tf.registerGradient({ ...gradient, gradFunc });
  try {
    await work();
  } finally {
    tf.registerGradient(gradient);
  }
  return calls;
}

describe('gradients of kernels', () => {
  before(async () => {
    await tf.setBackend('cpu');
    // The backend does not have these two: its functions for them run other kernels.
    register('BroadcastTo', ({ inputs, attrs }) => tf.broadcastTo(inputs.x as Tensor, attrs!.shape as number[]));
    register('LogSoftmax', ({ inputs }) => tf.logSoftmax(inputs.logits as Tensor));
  });
  after(() => ['BroadcastTo', 'LogSoftmax'].forEach(kernel => tf.unregisterKernel(kernel, 'cpu')));

  it('are registered for every kernel that tfjs-core has one for', () => {
    expect(KERNELS).to.have.lengthOf(101);
    expect(KERNELS.filter(kernel => !(tf.getGradient(kernel) as GradConfig | undefined))).to.deep.equal([]);
  });

  it('are all compared with finite differences below', () => {
    expect([...Object.keys(cases), 'ComplexAbs'].sort()).to.deep.equal([...KERNELS].sort());
  });

  for (const [kernel, list] of Object.entries(cases))
    it(`${kernel}: agrees with finite differences`, async () => {
      const calls = await countCalls(kernel, () =>
        inFloat64(async () => {
          for (const one of list)
            for (const index of one.inputs.keys()) {
              const { gradient, differences } = slopesOf(one, index);
              const shapes = one.inputs.map(({ shape }) => `[${shape.join()}]`).join(' ');
              const tolerance = (ACCURACY[kernel] ?? 1e-6) * (1 + Math.abs(differences));
              expect(gradient, `input ${index} of ${shapes}`).to.be.closeTo(differences, tolerance);
            }
        }),
      );
      expect(calls).to.be.at.least(list.length);
    });

  it('ComplexAbs: is the derivative with respect to the real part', async () => {
    await inFloat64(async () => {
      const [re, im] = [tf.tensor1d([3, -1, 0]), tf.tensor1d([4, 2, 0])];
      const { x } = tf.getGradient('ComplexAbs').gradFunc(tf.tensor1d([1, 2, 3]), [tf.complex(re, im)], {});
      const values = await x().data();
      [3 / 5, -2 / Math.sqrt(5), 0].forEach((value, i) => expect(values[i]).to.be.closeTo(value, 1e-12));
    });
  });

  it('divide a maximum with ties as the first operand, and pass dy to every largest element', () => {
    const a = tf.tensor1d([1, 2]);
    const [da, db] = tf.grads((x: Tensor, y: Tensor) => tf.maximum(x, y))([a, tf.tensor1d([1, 3])]);
    expect([...da.dataSync(), ...db.dataSync()]).to.deep.equal([1, 0, 0, 1]);
    expect([
      ...tf
        .grad(x => tf.max(x))(tf.tensor1d([2, 2, 1]))
        .dataSync(),
    ]).to.deep.equal([1, 1, 0]);
  });

  it('need nothing but the import of @carl-ssl/core', () => {
    const program = `
      import '@carl-ssl/core';
      import * as tf from '@tensorflow/tfjs-core';
      tf.enableProdMode();
      await tf.setBackend('cpu');
      console.log(tf.grad(x => tf.sum(tf.square(x)))(tf.tensor1d([1, 2])).dataSync().join());
      console.log(['add', 'reshape', 'mul'].filter(chained => chained in tf.Tensor.prototype).join());`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(output.split('\n').slice(0, 2)).to.deep.equal(['2,4', '']);
  });

  it('leave those that are registered before unchanged', () => {
    const program = `
      import * as tf from '@tensorflow/tfjs-core';
      tf.enableProdMode();
      tf.registerGradient({ kernelName: 'Square', inputsToSave: [], gradFunc: dy => ({ x: () => tf.mul(dy, 7) }) });
      await import('@carl-ssl/core');
      await tf.setBackend('cpu');
      console.log(tf.grad(x => tf.square(x))(tf.scalar(1)).dataSync()[0]);`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(output.trim()).to.equal('7');
  });
});
