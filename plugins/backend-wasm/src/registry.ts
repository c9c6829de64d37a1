import { tf } from '@carl-ssl/core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { borrowed } from './borrowed.js';
import { areLeading, columnMean } from './column-sum.js';
import { filterGradient } from './filter-gradient.js';
import { inputGradient } from './input-gradient.js';
import { kernel, offsetOf, type KernelCall } from './kernel-arguments.js';
import { multiply, type Product } from './mat-mul.js';
import { nativeOf, type Native } from './native.js';

const LENT = [
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'Einsum',
  'UnsortedSegmentSum',
];

let registered = false;

/** Gives the WebAssembly backend the kernels it lacks and faster forms of some it has. Once a process. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  replace('Conv2DBackpropFilter', () => kernel(convolutionFilterGradient));
  replace('Conv2DBackpropInput', () => kernel(convolutionInputGradient));
  replace('BatchMatMul', own => kernel(call => matMul(call) ?? (own(call) as TensorInfo)));
  replace('Mean', own => kernel(call => mean(call) ?? (own(call) as TensorInfo)));
  replace('Sum', own => kernel(call => sum(call) ?? (own(call) as TensorInfo)));
  for (const name of LENT) replace(name, () => borrowed(name));
}

/** Registers a kernel in place of the backend's own, if it has one. */
function replace(kernelName: string, make: (own: KernelFunc) => KernelFunc): void {
  const own = tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined;
  if (own) tf.unregisterKernel(kernelName, 'wasm');
  const missing: KernelFunc = () => {
    throw new Error(`The WebAssembly backend has no ${kernelName}.`);
  };
  tf.registerKernel({ ...own, kernelName, backendName: 'wasm', kernelFunc: make(own?.kernelFunc ?? missing) });
}

const natives = new WeakMap<BackendWasm, Native>();

function native(backend: BackendWasm): Native {
  const known = natives.get(backend) ?? nativeOf(backend);
  natives.set(backend, known);
  return known;
}

function convolution({ attrs }: KernelCall, inputShape: number[], filterShape: number[]): tf.backend_util.Conv2DInfo {
  if (attrs.dataFormat === 'NCHW') throw new Error('Convolution gradients of the WebAssembly backend take NHWC only.');
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides as number,
    1,
    attrs.pad as number,
    attrs.dimRoundingMode as 'floor' | 'round' | 'ceil',
  );
}

function convolutionFilterGradient(call: KernelCall): TensorInfo {
  const { backend, inputs, attrs } = call;
  const shape = attrs.filterShape as number[];
  const out = backend.makeOutput(shape, 'float32');
  const [x, dy] = [offsetOf(backend, inputs.x), offsetOf(backend, inputs.dy)];
  filterGradient(native(backend), convolution(call, inputs.x.shape, shape), { x, dy, out: offsetOf(backend, out) });
  return out;
}

function convolutionInputGradient(call: KernelCall): TensorInfo {
  const { backend, inputs, attrs } = call;
  const shape = attrs.inputShape as number[];
  const out = backend.makeOutput(shape, 'float32');
  const [dy, filter] = [offsetOf(backend, inputs.dy), offsetOf(backend, inputs.filter)];
  inputGradient(native(backend), convolution(call, shape, inputs.filter.shape), {
    dy,
    filter,
    out: offsetOf(backend, out),
  });
  return out;
}

/** Products with transposed or batched operands; undefined for those that the backend's own kernel is fast for. */
function matMul({ backend, inputs: { a, b }, attrs }: KernelCall): TensorInfo | undefined {
  const product = productOf(a, b, attrs as { transposeA: boolean; transposeB: boolean });
  if (product.batch === 1 && !product.transposeA && !product.transposeB) return undefined;
  const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = backend.makeOutput([...batchShape, product.m, product.n], 'float32');
  multiply(native(backend), product, { a: offsetOf(backend, a), b: offsetOf(backend, b), out: offsetOf(backend, out) });
  return out;
}

function productOf(
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): Product {
  const batchOf = (x: TensorInfo): number => tf.util.sizeFromShape(x.shape.slice(0, -2));
  const [m, k] = transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
  const n = b.shape.at(transposeB ? -2 : -1)!;
  const [batchA, batchB] = [batchOf(a), batchOf(b)];
  return { batch: Math.max(batchA, batchB), batchA, batchB, m, k, n, transposeA, transposeB };
}

/** Means over the leading axes; undefined for others. */
function mean({ backend, inputs: { x }, attrs }: KernelCall): TensorInfo | undefined {
  const axes = tf.util.parseAxisParam(attrs.axis as number[], x.shape);
  if (x.dtype !== 'float32' || !areLeading(x, axes)) return undefined;
  const result = columnMean(backend, x, axes.length);
  return attrs.keepDims ? { ...result, shape: tf.backend_util.expandShapeToKeepDim(result.shape, axes) } : result;
}

function sum(call: KernelCall): TensorInfo | undefined {
  const result = mean(call);
  if (!result) return undefined;
  const values = call.backend.typedArrayFromHeap(result);
  const count = tf.util.sizeFromShape(call.inputs.x.shape) / values.length;
  for (let i = 0; i < values.length; i++) values[i] *= count;
  return result;
}
