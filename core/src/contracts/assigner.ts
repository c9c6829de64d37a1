import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { token } from './token.js';
import type { StateSpec, TensorMap } from './state.js';
import type { StepContext } from './step-context.js';
import type { Pass, Weighted } from './weights.js';

/** What an assigner says of one view's embeddings. */
export interface Assigned {
  /** [B, K], scores over the assigner's temperature; the assignment p is their softmax. Differentiable. */
  readonly logits: Tensor2D;
  /** [B, K] unless undefined: the code q, a target that is not the softmax of the logits. Constant. Rows sum to 1, in every segment. */
  readonly code?: Tensor2D;
}

/** Size of the training set. */
export interface DataSize {
  readonly images: number;
  /** Batches of an epoch. */
  readonly batches: number;
}

/** Assigns embeddings to prototypes: [B, D] -> K. `weights` takes [D]. Holds no tensors; `state` goes in, `nextState` comes out. */
export interface Assigner extends Weighted {
  /** K for embeddings of the given width and a global batch of the given size. */
  prototypeCount(embeddingDim: number, batchSize: number): number;
  /** Sizes that K is the sum of when there are several sets of prototypes, each with a softmax of its own. */
  readonly segments?: readonly number[];
  /** Buffers kept between steps (queue, centre, memory of embeddings); empty for most. Without `data`, as if one batch were all. */
  state(embeddingDim: number, batchSize: number, data?: DataSize): readonly StateSpec[];
  /**
   * True if its state must have seen every training image before the first step; then all of them are sent through the
   * untrained network and assigned once, without learning.
   */
  readonly needsMemoryPass?: boolean;
  /**
   * Called once before the forward pass of a step: new values of weights that are kept in shape by rule (unit length,
   * centroids). Returns new values of the state, if any.
   */
  prepare?(pass: Pass, state: TensorMap, context: StepContext): Readonly<Record<string, Tensor>> | undefined;
  /** Names of weights that take no update at this step (frozen prototypes). */
  frozen?(context: StepContext): readonly string[];
  /**
   * One entry of `views` per view, each [B, D]. `state` holds the buffers by name; where the learning branch is assigned
   * beside a teacher also `teacher{i}` [B, D], the teacher's embedding of global view i. With a teacher, `nextState` counts
   * where its own views are assigned, so that buffers are filled by it.
   */
  assign(
    views: readonly Tensor2D[],
    pass: Pass,
    state: TensorMap,
    context: StepContext,
  ): { readonly assigned: readonly Assigned[]; readonly nextState?: Readonly<Record<string, Tensor>> };
}
export const Assigner = token<Assigner>('Assigner');
