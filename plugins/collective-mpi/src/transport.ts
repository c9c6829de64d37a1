import { Bucket, CarlError, type Transport } from '@carl-ssl/core';
import type { Messages } from './messages.js';

/** Largest number of values whose mean is computed at once, 16 MiB, which limits the memory for received values. */
const AT_ONCE = 2 ** 22;

/**
 * Exchanges of vectors as messages. They block the main thread, because the training step needs the answer before its next
 * operation, with the exception of means that are started to be finished later.
 * @param bucket number of values from which a mean is sent, together with shorter ones that were started before
 */
export function transportOver(messages: Messages, bucket: number): Transport {
  const { rank, size, overlaps } = messages;
  const later = new Bucket(bucket, values => messages.startMean(values));
  return {
    rank,
    size,
    overlaps,
    mean: values => {
      exchange(() => {
        for (let start = 0; start < values.length; start += AT_ONCE)
          messages.mean(values.subarray(start, start + AT_ONCE));
      });
    },
    startMean: values => exchange(() => later.add(values)),
    finishMeans: () =>
      exchange(() => {
        later.send();
        messages.finishMeans();
        later.handBack();
      }),
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
    advise: text => messages.advise(text),
    abort: status => messages.abort(status),
  };
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
