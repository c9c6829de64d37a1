import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { token } from './token.js';
import type { StateSpec, TensorMap } from './state.js';
import type { StepContext } from './step-context.js';
import type { Pass, Weighted } from './weights.js';

/** Assignment of one view's embeddings. */
export interface Assigned {
  /** [B, K], scores over the assigner's temperature; the assignment p is their softmax. Differentiable. */
  readonly logits: Tensor2D;
  /** [B, K], the code q, if it is not the softmax of the logits. Constant; rows sum to 1 in every set of prototypes. */
  readonly code?: Tensor2D;
}

/** Size of the training set. */
export interface DataSize {
  readonly images: number;
  /** Number of batches per epoch. */
  readonly batches: number;
}

/**
 * Assigns embeddings to prototypes: [B, D] -> [B, K]. `weights` takes [D]. An assigner holds no tensors: `state` comes in,
 * `nextState` goes out.
 */
export interface Assigner extends Weighted {
  /** K for embeddings of the given width and a global batch of the given size. */
  prototypeCount(embeddingDim: number, batchSize: number): number;
  /** Number of prototypes in each of several sets, K in all. Each set has its own softmax and its own loss. */
  readonly segments?: readonly number[];
  /**
   * The prototypes [K, D], borrowed, for an assigner whose component provides `prototypes`. Objectives that score
   * embeddings themselves use them, and the monitor looks for duplicates among them. Undefined if the assigner has no
   * prototypes with its options.
   */
  prototypes?(pass: Pass): Tensor2D | undefined;
  /** Buffers kept between steps (queue, centre, memory bank); most assigners have none. Without `data`, sized for an epoch of one batch. */
  state(embeddingDim: number, batchSize: number, data?: DataSize): readonly StateSpec[];
  /**
   * True if the state needs an entry for every training image before the first step. All images then pass through the
   * untrained network once and are assigned; no weight is trained.
   */
  readonly needsMemoryPass?: boolean;
  /**
   * Called once before the forward pass of a step. Sets the weights that follow a rule (unit length, centroids).
   * Returns new values of the state, if any.
   */
  prepare?(pass: Pass, state: TensorMap, context: StepContext): Readonly<Record<string, Tensor>> | undefined;
  /** Names of weights that the optimizer does not update at this step (frozen prototypes). */
  frozen?(context: StepContext): readonly string[];
  /**
   * Assigns all views, each [B, D]. `state` holds the buffers by name. With a teacher, the student's call also gets
   * `teacher{i}` [B, D], the teacher's embedding of global view i, and the `nextState` of the teacher's call is stored.
   */
  assign(
    views: readonly Tensor2D[],
    pass: Pass,
    state: TensorMap,
    context: StepContext,
  ): { readonly assigned: readonly Assigned[]; readonly nextState?: Readonly<Record<string, Tensor>> };
}
export const Assigner = token<Assigner>('Assigner');
