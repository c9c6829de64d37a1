import type { Tensor } from '@tensorflow/tfjs-core';
import { hookAllocations, hookKernels } from '../tensor/engine.js';
import { storedBytes } from '../tensor/stored-bytes.js';

/**
 * Runs a function and returns the total bytes of the tensors created in it, after each allocation. Tensors that share
 * memory count once: clones, and results of `reshape`, which share memory on TensorFlow though the engine counts them.
 */
export function allocationTrace(run: () => void): readonly number[] {
  const memory = new TrackedMemory();
  const restores = [
    hookKernels((name, compute, inputs) => memory.reshaping(name === 'Reshape' ? inputs.x : undefined, compute)),
    hookAllocations({ taken: tensor => memory.take(tensor), freed: id => memory.free(id) }),
  ];
  try {
    run();
  } finally {
    restores.forEach(restore => restore());
  }
  return memory.trace;
}

/** Memory that one or several tensors share. */
interface Block {
  readonly bytes: number;
  tensors: number;
}

class TrackedMemory {
  readonly trace: number[] = [];
  readonly #blocks = new WeakMap<object, Block>();
  #bytes = 0;
  #reshaped: Tensor | undefined;

  /** A tensor made while another of the same size is reshaped shares that one's memory. */
  reshaping<T>(tensor: Tensor | undefined, work: () => T): T {
    const outer = this.#reshaped;
    this.#reshaped = tensor;
    try {
      return work();
    } finally {
      this.#reshaped = outer;
    }
  }

  /** Counts a new tensor that is not a clone. */
  take(tensor: Tensor): void {
    const block = this.#shared(tensor) ?? { bytes: storedBytes(tensor), tensors: 0 };
    if (block.tensors === 0) this.#bytes += block.bytes;
    block.tensors += 1;
    this.#blocks.set(tensor.dataId, block);
    this.trace.push(this.#bytes);
  }

  /** Discounts the data of a tensor whose last clone was disposed. */
  free(id: object): void {
    const block = this.#blocks.get(id);
    if (!block) return;
    block.tensors -= 1;
    if (block.tensors === 0) this.#bytes -= block.bytes;
  }

  #shared({ size, dtype }: Tensor): Block | undefined {
    const reshaped = this.#reshaped;
    return reshaped?.size === size && reshaped.dtype === dtype ? this.#blocks.get(reshaped.dataId) : undefined;
  }
}
