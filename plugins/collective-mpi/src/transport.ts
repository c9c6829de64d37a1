import { CarlError, type Transport } from '@carl-ssl/core';
import type { Messages, Vector } from './messages.js';

/**
 * Exchanges of vectors as messages. They block the main thread, because the training step needs the answer before its next
 * operation.
 * @param bucket largest number of elements that are summed at once, which limits the memory for received values
 */
export function transportOver(messages: Messages, bucket: number): Transport {
  const { rank, size } = messages;
  return {
    rank,
    size,
    mean: values => {
      exchange(() => {
        for (const part of buckets(values, bucket)) messages.sum(part);
      });
      for (let i = 0; i < values.length; i++) values[i] /= size;
    },
    all: values => {
      const all = new (values.constructor as new (length: number) => typeof values)(size * values.length);
      exchange(() => messages.gather(values, all));
      return all;
    },
    from: (root, values) => exchange(() => messages.broadcast(values, root)),
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

/** @throws CarlError COLLECTIVE */
function exchange(send: () => void): void {
  try {
    send();
  } catch (cause) {
    throw new CarlError(
      'COLLECTIVE',
      `MPI cannot exchange a message: ${(cause as Error).message}. A worker has ended, or its machine cannot be reached.`,
      { cause },
    );
  }
}
