import type { Tensor } from '@tensorflow/tfjs-core';
import { token } from './token.js';

/** One result for each tensor of a list, of the same type and in the same order. */
export type Exchanged<T extends readonly Tensor[]> = { -readonly [K in keyof T]: T[K] };

/** Numbers of one message; the type and the length are the same on all workers. */
export type Values = Float32Array | Int32Array;

/** Exchange of numbers in the memory of the host, such as statistics of few values. */
export interface HostExchange {
  /** Replaces the values by their mean over all workers. */
  mean(values: Float32Array): void;
  /** Whether means that were started are computed while the worker computes on, and not in {@link finishMeans}. */
  readonly overlaps: boolean;
  /**
   * Starts to replace the values by their mean over all workers. Until {@link finishMeans} they
   * belong to the exchange. Workers start the same means in the same order.
   */
  startMean(values: Float32Array): void;
  /** Waits for all means that were started. */
  finishMeans(): void;
  /** The values of all workers in order of rank, [n] -> [size * n]. */
  all<T extends Values>(values: T): T;
}

/**
 * The workers that share one global batch. Each of the `size` workers holds B = N / size of its N images, the same weights
 * and the same buffers, and runs the same program. Statistics over the batch (batch norm, mean assignment, Sinkhorn,
 * negatives, queues, gradients) are exchanged here, so that the number of workers does not change a training.
 *
 * Worker r computes a local loss L_r: the mean over its own rows, with exchanged statistics. The loss of the step is
 *
 *     L = 1/size sum_r L_r.
 *
 * Each worker differentiates L_r, so every backward pass starts at 1 and not at 1/size. With the backward passes given
 * below, worker r obtains g_r = d(sum_s L_s) / d(its copy of the weights), and the training step averages the results:
 *
 *     dL/dw = 1/size sum_r g_r.
 *
 * That average is the only division by `size` besides those of {@link allReduceMean}. Two workers with two halves of a
 * batch thus obtain the loss and the gradient of one worker with the joined batch.
 *
 * Tensor operations are synchronous, because the training step calls them within `tidy` and the gradient: a worker blocks
 * until all others arrive. All workers call the same operations in the same order with lists of the same shapes and types,
 * and one call is one message. Arguments are borrowed, results are owned by the caller, in the order of the arguments.
 */
export interface Collective {
  /** Number of this worker, from 0. */
  readonly rank: number;
  /** Number of workers. */
  readonly size: number;
  /**
   * Element-wise mean over all workers of each float32 tensor: y = 1/size sum_s x_s. Backward pass, itself a mean over
   * all workers: dx_r = 1/size sum_s dy_s.
   */
  allReduceMean<const T extends readonly Tensor[]>(values: T): Exchanged<T>;
  /**
   * Concatenation along the first axis in order of rank, [B, ...] -> [size * B, ...]. Backward pass, a sum and not a mean:
   * dx_r = sum_s (the rows of worker r in dy_s). Tensors of int32 have no gradient.
   */
  allGather<const T extends readonly Tensor[]>(values: T): Exchanged<T>;
  /**
   * The tensors of worker `root`, 0 by default. Backward pass: dx_root = sum_s dy_s, and 0 for all other workers. Tensors
   * of int32 have no gradient.
   */
  broadcast<const T extends readonly Tensor[]>(values: T, root?: number): Exchanged<T>;
  /** Exchange of numbers, without tensors and gradients. */
  readonly host: HostExchange;
  /** Resolves when all workers have called it. Only between steps. */
  barrier(): Promise<void>;
  /** True on all workers if the flag of one of them is true, so that all decide alike. Only between steps. */
  any(flag: boolean): Promise<boolean>;
  /** Ends the exchange when all workers have called it, at the end of a training. Without it, there is nothing to end. */
  close?(): Promise<void>;
  /** Sets how users continue after the loss of a worker, for messages of the exchange itself. */
  advise?(text: string): void;
  /** Ends the processes of all workers at once with an exit status: they would wait for this one, which has failed. */
  abort?(status: number): void;
}
export const Collective = token<Collective>('Collective');
