import type { Tensor } from '@tensorflow/tfjs-core';
import { token } from './token.js';

/**
 * The workers that share one global batch. Everything computed over the batch (batch-norm statistics, mean assignment,
 * Sinkhorn, negatives, gradients) goes through it, so that workers can be added without touching a method.
 * Operations are differentiable; arguments are borrowed, results owned by the caller.
 */
export interface Collective {
  readonly rank: number;
  readonly size: number;
  /** Element-wise mean over all workers. */
  allReduceMean<T extends Tensor>(value: T): T;
  /** Concatenation along the first axis in order of rank: [B, ...] -> [size * B, ...]. */
  allGather<T extends Tensor>(value: T): T;
  /** The value of worker `root`. */
  broadcast<T extends Tensor>(value: T, root?: number): T;
}
export const Collective = token<Collective>('Collective');
