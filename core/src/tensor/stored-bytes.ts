import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from './tf.js';

let stored: number | undefined;

/** Runs a backend's work that makes tensors whose numbers take other than the usual bytes, for example 2 in bf16. */
export function withStoredBytes<R>(bytesPerNumber: number, work: () => R): R {
  const outer = stored;
  stored = bytesPerNumber;
  try {
    return work();
  } finally {
    stored = outer;
  }
}

/** Bytes of a tensor that is being made. */
export const storedBytes = ({ size, dtype }: Tensor): number => size * (stored ?? tf.util.bytesPerElement(dtype));
