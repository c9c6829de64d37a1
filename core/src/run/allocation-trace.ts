import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** What of TensorFlow.js's engine knows when memory is taken and given back. */
interface Engine {
  runKernel: (name: string, inputs: Readonly<Record<string, Tensor>>, ...rest: unknown[]) => unknown;
  trackTensor: (tensor: Tensor, backend?: unknown) => void;
  removeDataId: (id: object, backend: unknown) => void;
  readonly state: { readonly numDataBuffers: number };
}
const WATCHED = ['runKernel', 'trackTensor', 'removeDataId'] as const;

/**
 * Runs it and gives the bytes that its tensors take, after each that was made. What shares memory counts once: clones, and
 * what `reshape` gives, which on TensorFlow is a tensor of its own.
 */
export function allocationTrace(run: () => void): readonly number[] {
  const engine = tf.engine() as unknown as Engine;
  const memory = new Memory();
  watch(engine, memory);
  try {
    run();
  } finally {
    // The methods are those of the class again.
    for (const name of WATCHED) Reflect.deleteProperty(engine, name);
  }
  return memory.course;
}

function watch(engine: Engine, memory: Memory): void {
  const { runKernel, trackTensor, removeDataId } = engine;
  const newBuffers = (work: () => void): number => {
    const before = engine.state.numDataBuffers;
    work();
    return engine.state.numDataBuffers - before;
  };
  engine.runKernel = (name, inputs, ...rest) =>
    memory.reshaping(name === 'Reshape' ? inputs.x : undefined, () => runKernel.call(engine, name, inputs, ...rest));
  engine.trackTensor = (tensor, backend) => {
    if (newBuffers(() => trackTensor.call(engine, tensor, backend)) > 0) memory.take(tensor);
  };
  engine.removeDataId = (id, backend) => {
    if (newBuffers(() => removeDataId.call(engine, id, backend)) < 0) memory.give(id);
  };
}

/** Memory that one tensor or more lie in. */
interface Place {
  readonly bytes: number;
  tensors: number;
}

class Memory {
  readonly course: number[] = [];
  readonly #places = new WeakMap<object, Place>();
  #bytes = 0;
  #reshaped: Tensor | undefined;

  /** What is made while a tensor is reshaped, and is as large, is that tensor's content. */
  reshaping<T>(tensor: Tensor | undefined, work: () => T): T {
    const outer = this.#reshaped;
    this.#reshaped = tensor;
    try {
      return work();
    } finally {
      this.#reshaped = outer;
    }
  }

  /** A new content is there. */
  take(tensor: Tensor): void {
    const place = this.#shared(tensor) ?? { bytes: tensor.size * tf.util.bytesPerElement(tensor.dtype), tensors: 0 };
    if (place.tensors === 0) this.#bytes += place.bytes;
    place.tensors += 1;
    this.#places.set(tensor.dataId, place);
    this.course.push(this.#bytes);
  }

  /** The last tensor of a content is gone. */
  give(id: object): void {
    const place = this.#places.get(id);
    if (!place) return;
    place.tensors -= 1;
    if (place.tensors === 0) this.#bytes -= place.bytes;
  }

  #shared({ size, dtype }: Tensor): Place | undefined {
    const reshaped = this.#reshaped;
    return reshaped?.size === size && reshaped.dtype === dtype ? this.#places.get(reshaped.dataId) : undefined;
  }
}
