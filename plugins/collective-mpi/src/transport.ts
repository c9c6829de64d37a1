import { CarlError, type Transport } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { Messages, Vector } from './messages.js';

/**
 * Vectors of a backend as messages. They are read from the device and exchanged on the main thread, because the training step
 * needs the answer before its next operation.
 * @param bucket largest number of elements of a reduced message: MPI needs a second buffer of that size
 */
export function transportOver(messages: Messages, bucket: number): Transport {
  const { rank, size } = messages;
  return {
    rank,
    size,
    mean: values => {
      const sums = copyOf(values);
      exchange(() => {
        for (const part of buckets(sums, bucket)) messages.sum(part);
      });
      for (let i = 0; i < sums.length; i++) sums[i] /= size;
      return tf.tensor1d(sums as Float32Array);
    },
    all: values => {
      const own = copyOf(values);
      const all = new (own.constructor as new (length: number) => Vector)(size * own.length);
      exchange(() => messages.gather(own, all));
      return tf.tensor2d(all as Float32Array, [size, own.length], typeOf(values));
    },
    from: (root, values) => {
      const sent = copyOf(values);
      exchange(() => messages.broadcast(sent, root));
      return tf.tensor1d(sent as Float32Array, typeOf(values));
    },
    barrier: async () => exchange(() => messages.barrier()),
    any: async flag => {
      const flags = Int32Array.of(Number(flag));
      exchange(() => messages.sum(flags));
      return flags[0] > 0;
    },
    close: async () => exchange(() => messages.close()),
    abort: status => messages.abort(status),
  };
}

/** Consecutive parts of at most `length` elements that share the memory of the values. */
function buckets(values: Vector, length: number): readonly Vector[] {
  const count = Math.ceil(values.length / length);
  return Array.from({ length: count }, (_, i) => values.subarray(i * length, (i + 1) * length));
}

/** A copy, because a backend may return its own memory. */
function copyOf(values: Tensor1D): Vector {
  return values.dataSync().slice() as Vector;
}

function typeOf({ dtype }: Tensor1D): 'int32' | 'float32' {
  return dtype === 'int32' ? 'int32' : 'float32';
}

/** @throws CarlError COLLECTIVE */
function exchange(send: () => void): void {
  try {
    send();
  } catch (cause) {
    throw new CarlError(
      'COLLECTIVE',
      `MPI cannot exchange a message: ${(cause as Error).message}. A worker has ended, or its machine cannot be reached. ` +
        'Continue from the last checkpoint with `carl train --resume`.',
      { cause },
    );
  }
}
