/**
 * The private parts of TensorFlow.js that this package uses. Only this file and `engine-kernel.ts` use private parts,
 * so a new version of TensorFlow.js affects these two. `engine-kernel.ts`, which runs kernels by name, is separate
 * because the gradients import it. Importing this file registers the gradients of all kernels and the plain JavaScript
 * backend.
 */

import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { registerGradients } from './gradients/index.js';
import { tf } from './tf.js';

// The plain JavaScript backend; loaded as TensorFlow.js itself is, for the same reason.
createRequire(import.meta.url)('@tensorflow/tfjs-backend-cpu');
registerGradients();

/** A function's value and its gradients with respect to some tensors. */
export interface Differential<T extends Tensor> {
  readonly value: T;
  /** Null for tensors the value does not depend on. */
  readonly gradients: readonly (Tensor | null)[];
}

/** Computes a function and its gradients with respect to the tensors `by`. `dy` is the gradient with respect to the value, ones by default. */
export function differentiate<T extends Tensor>(compute: () => T, by: readonly Tensor[], dy?: T): Differential<T> {
  const { value, grads } = tf.engine().gradients(compute, [...by], dy, true);
  return { value, gradients: (grads as (Tensor | null | undefined)[]).map(gradient => gradient ?? null) };
}

/** An operation recorded for the backward pass, with a function from the gradients of its outputs to those of its inputs. */
export interface TapeNode {
  readonly inputs: NamedTensorMap;
  readonly outputs: readonly Tensor[];
  readonly saved?: readonly Tensor[];
  gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

/** The engine's own `addTapeNode` while {@link onTapeNode} is active: a symbol, so that two copies of this file share it. */
const ORIGINAL = Symbol.for('carl-ssl.stock-tape');

interface Engine {
  [ORIGINAL]?: Engine['addTapeNode'];
  addTapeNode: (...node: unknown[]) => void;
  runKernel: (name: string, inputs: NamedTensorMap, ...rest: unknown[]) => unknown;
  trackTensor: (tensor: Tensor, backend?: unknown) => void;
  removeDataId: (id: object, backend: unknown) => void;
  readonly state: {
    activeTape: TapeNode[] | null;
    readonly gradientDepth: number;
    readonly kernelDepth: number;
    readonly numDataBuffers: number;
  };
}

const engine = (): Engine => tf.engine() as unknown as Engine;

/** True while a gradient is computed as part of a function that is itself differentiated. */
export const insideGradient = (): boolean => engine().state.gradientDepth > 0;

/** True while operations are recorded for a backward pass: not within a function whose gradient is given. */
export const recordsGradients = (): boolean => insideGradient() && engine().state.kernelDepth === 0;

/** Calls `visit` with every operation recorded while `work` runs. Within another call, only the inner `visit` is called. */
export function onTapeNode<T>(visit: (node: TapeNode) => void, work: () => T): T {
  const target = engine();
  const before = target[ORIGINAL];
  const original = (target[ORIGINAL] ??= target.addTapeNode);
  const restore = replaceMethod(target, 'addTapeNode', () => (...node) => {
    original.apply(target, node);
    visit(target.state.activeTape!.at(-1)!);
  });
  try {
    return work();
  } finally {
    restore();
    target[ORIGINAL] = before;
  }
}

/** Whether other tensors, such as clones, have the same data. */
export const sharesData = ({ dataId }: Tensor): boolean => tf.backend().refCount(dataId) > 1;

/** Runs `work`, in which functions may be differentiated, during the backward pass of another function. */
export function withOwnTape<T>(work: () => T): T {
  const { state } = engine();
  const tape = state.activeTape;
  try {
    return work();
  } finally {
    state.activeTape = tape;
  }
}

/** Frees the tensors saved for the backward pass of a gradient that was interrupted; within another gradient it does nothing. */
export function abandonTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0 || !state.activeTape) return;
  for (const { saved } of state.activeTape) saved?.forEach(tensor => tensor.dispose());
  state.activeTape = null;
}

/** Called in place of a kernel or an operation; `run` computes it. */
export type KernelHook = (name: string, run: () => unknown, inputs: NamedTensorMap, attributes: unknown) => unknown;

/** Calls `hook` for every kernel, also those within others, until the returned function is called. */
export function hookKernels(hook: KernelHook): () => void {
  return replaceMethod(engine(), 'runKernel', runKernel => (name, inputs, ...rest) =>
    hook(name, () => runKernel(name, inputs, ...rest), inputs, rest[0]),
  ); // prettier-ignore
}

/** Methods by which tfjs-node's backend runs an operation of TensorFlow. */
const NATIVE = ['executeSingleOutput', 'executeMultipleOutputs'] as const;

type NativeBackend = Record<(typeof NATIVE)[number], (name: string, ...rest: unknown[]) => unknown>;

/** Calls `hook` for every operation that tfjs-node's backend runs, fused ones included; on other backends for every kernel. */
export function hookOperations(hook: (name: string, run: () => unknown) => unknown): () => void {
  const backend = tf.backend() as unknown as NativeBackend;
  if (!(NATIVE[0] in backend)) return hookKernels(hook);
  const restores = NATIVE.map(method =>
    replaceMethod(
      backend,
      method,
      run =>
        (name, ...rest) =>
          hook(name, () => run(name, ...rest)),
    ),
  );
  return () => restores.forEach(restore => restore());
}

/** Listeners for memory that tensors allocate and free. Clones share their tensor's memory. */
export interface AllocationHooks {
  readonly taken: (tensor: Tensor) => void;
  /** `id` is the tensor's `dataId`. */
  readonly freed: (id: object) => void;
}

/** Calls the listeners until the returned function is called. */
export function hookAllocations({ taken, freed }: AllocationHooks): () => void {
  const target = engine();
  const added = (work: () => void): number => {
    const before = target.state.numDataBuffers;
    work();
    return target.state.numDataBuffers - before;
  };
  const restores = [
    replaceMethod(target, 'trackTensor', track => (tensor, backend) => {
      if (added(() => track(tensor, backend)) > 0) taken(tensor);
    }),
    replaceMethod(target, 'removeDataId', remove => (id, backend) => {
      if (added(() => remove(id, backend)) < 0) freed(id);
    }),
  ];
  return () => restores.forEach(restore => restore());
}

/** Makes TensorFlow.js create tensors also from arrays that `accept` accepts, until the returned function is called. */
export function acceptAsTypedArray(accept: (value: unknown) => boolean): () => void {
  const { platform } = tf.env();
  return replaceMethod(platform, 'isTypedArray', isTypedArray => {
    const extended = (value: unknown): boolean => isTypedArray(value) || accept(value);
    return extended as typeof isTypedArray;
  });
}

/** Replaces a method; the returned function restores it. */
function replaceMethod<T extends object, K extends keyof T>(
  target: T,
  name: K,
  make: (original: T[K]) => T[K],
): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  const original = target[name] as (...args: unknown[]) => unknown;
  target[name] = make(original.bind(target) as T[K]);
  return () => {
    if (before) Object.defineProperty(target, name, before);
    else Reflect.deleteProperty(target, name);
  };
}
