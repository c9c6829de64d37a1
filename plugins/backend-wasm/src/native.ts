import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * The private parts of TensorFlow.js's WebAssembly backend; no other file of this plugin uses any. They are the Emscripten
 * module with its heap, the exported C functions `init`, `init_with_threads_count`, `get_threads_count`, `register_tensor`,
 * `dispose_data`, `dispose`, `Conv2D` and `BatchMatMul`, and `module.tfjs`, by which the backend calls the first six.
 */

/** A module before the backend's functions are connected to it. */
export interface UnconnectedModule {
  cwrap(name: string, result: 'number' | null, parameters: readonly string[]): (...values: number[]) => number;
  tfjs?: object;
}

const numbers = (count: number): string[] => Array.from({ length: count }, () => 'number');

/** Gives the module the functions by which the backend starts, and registers and frees tensors. */
export function connected(module: UnconnectedModule): UnconnectedModule {
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, numbers(1)),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, numbers(3)),
    disposeData: module.cwrap('dispose_data', null, numbers(1)),
    dispose: module.cwrap('dispose', null, []),
  };
  return module;
}

/** The parts of the module that kernels of this plugin use. */
interface Module {
  /** The heap as floats; replaced whenever the heap grows. */
  readonly HEAPF32: Float32Array;
  _malloc(bytes: number): number;
  _free(offset: number): void;
  cwrap(name: string, result: null, parameters: readonly string[]): (...values: unknown[]) => void;
  readonly tfjs: {
    registerTensor(id: number, size: number, offset: number): void;
    disposeData(id: number): void;
  };
}

/** A convolution as XNNPACK takes it; input, filter and output are ids of tensors. */
interface NativeConvolution {
  readonly input: number;
  readonly inputShape: readonly [batch: number, height: number, width: number, channels: number];
  readonly filter: number;
  readonly filterShape: readonly [height: number, width: number, in_: number, out: number];
  readonly padding: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number };
  readonly output: number;
}

/** Direct access to the compiled kernels and their heap, below TensorFlow.js tensors. */
export interface Native {
  /** Floats from a byte offset on; the view is invalid after the next allocation. */
  floats(offset: number, length: number): Float32Array;
  /** Convolution of stride 1. */
  convolve(convolution: NativeConvolution): void;
  /** out [m,n] = a [m,k] b [k,n], all row by row; b is packed once, until its id is freed. */
  multiply(
    operands: { readonly a: number; readonly b: number; readonly out: number },
    size: readonly [m: number, k: number, n: number],
  ): void;
  /** Runs with memory that is freed afterwards. */
  scratch<T>(run: (scratch: Scratch) => T): T;
}

/** Memory of one computation. */
export interface Scratch {
  /** Allocates a number of floats, not cleared, and returns their byte offset. */
  allocate(floats: number): number;
  /** Registers the floats at a byte offset as a tensor and returns its id; ranges may overlap. */
  operand(offset: number, floats: number): number;
}

// Above the ids of TensorFlow.js, which count up from 1.
let nextId = 2 ** 30;

export function nativeOf(backend: BackendWasm): Native {
  const module = backend.wasm as unknown as Module;
  const conv2d = module.cwrap('Conv2D', null, numbers(19));
  const matMul = module.cwrap('BatchMatMul', null, ['number', 'array', 'number', 'number', 'array', ...numbers(4)]);
  return {
    floats: (offset, length) => module.HEAPF32.subarray(offset / 4, offset / 4 + length),
    convolve: ({ input, inputShape: [b, h, w, c], filter, filterShape: [fh, fw, , d], padding: p, output }) =>
      conv2d(input, b, h, w, filter, fh, fw, p.top, p.right, p.bottom, p.left, 0, 1, 1, 1, 1, c, d, output),
    multiply: ({ a, b, out }, [m, k, n]) => matMul(a, shapeBytes(1, m, k), 3, b, shapeBytes(1, k, n), 3, 0, 0, out),
    scratch: run => runWithScratch(module, run),
  };
}

const shapeBytes = (...shape: number[]): Uint8Array => new Uint8Array(Int32Array.from(shape).buffer);

function runWithScratch<T>(module: Module, run: (scratch: Scratch) => T): T {
  const blocks: number[] = [];
  const ids: number[] = [];
  const allocate = (floats: number): number => {
    // Offsets above 2 GiB are returned as negative numbers.
    const offset = module._malloc(4 * floats) >>> 0;
    blocks.push(offset);
    return offset;
  };
  const operand = (offset: number, floats: number): number => {
    module.tfjs.registerTensor(nextId, floats, offset);
    ids.push(nextId);
    return nextId++;
  };
  try {
    return run({ allocate, operand });
  } finally {
    ids.forEach(id => module.tfjs.disposeData(id));
    blocks.forEach(offset => module._free(offset));
  }
}
