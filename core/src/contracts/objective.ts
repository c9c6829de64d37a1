import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { token } from './token.js';
import type { StateSpec, TensorMap } from './state.js';
import type { StepContext } from './step-context.js';

/** Input of a loss for one set of prototypes. Every tensor is borrowed. */
export interface ObjectiveInputs {
  /** Learning branch, one per view: logits [B, K] if the objective requires assignments, else embeddings (or predictions) [B, D]. */
  readonly outputs: readonly Tensor2D[];
  /**
   * Targets, one per global view, never differentiated: the momentum teacher's outputs, or without a teacher but with a
   * predictor the embeddings it predicts from; empty without either.
   */
  readonly targets: readonly Tensor2D[];
  /** Codes q [B, K] of the teacher's views, or without a teacher of the learning branch's, if the assigner makes codes; else empty. Constant. */
  readonly codes: readonly Tensor2D[];
  /** The objective's own state, and `prototypes` [K, D] if the assigner has any. */
  readonly tensors: TensorMap;
  /** Both branches as embeddings where `outputs` are logits, for terms of a sum that work on embeddings. */
  readonly embedded?: Pick<ObjectiveInputs, 'outputs' | 'targets'>;
  /** The patches that {@link Objective.mask} has masked, from both branches. */
  readonly masked?: MaskedPatches;
}

/** The masked patches of all global views, in the order of the mask: M of them in all. */
export interface MaskedPatches {
  /** [M, K] or [M, D] as `outputs`, from the images with these patches masked. */
  readonly output: Tensor2D;
  /** The same patches from the teacher, which sees them; constant. */
  readonly target: Tensor2D;
  /**
   * [images, rows, columns] int32, 1 where masked. All zeros for a worker whose images have no masked patch: then M is 1,
   * and the token is a placeholder that must not count.
   */
  readonly mask: Tensor3D;
  /** [M] int32, positions of the masked patches in the flattened mask. */
  readonly places: Tensor1D;
}

/** The images whose masks are drawn: the global views of the global batch, one view after the other. */
export interface MaskedImages {
  /** Images in all these views. */
  readonly images: number;
  readonly grid: readonly [rows: number, columns: number];
}

/** Results are owned by the caller. */
export interface ObjectiveResult {
  readonly loss: Scalar;
  /** Named parts of the loss, for the log and the monitor. */
  readonly parts: Readonly<Record<string, Scalar>>;
  /** New values of the state. */
  readonly nextState?: Readonly<Record<string, Tensor>>;
  /** Intermediate results such as neighbours and codes, for tests; training ignores them. */
  readonly details?: Readonly<Record<string, Tensor>>;
}

/** Size of the problem an objective works on. */
export interface ObjectiveSize {
  /** N, images of the global batch, of which a worker has N / size. */
  readonly batchSize: number;
  readonly views: number;
  /** Width of its inputs: K for assignments, D for embeddings. */
  readonly width: number;
  /** K, if there is an assigner. */
  readonly prototypes?: number;
  /** D, where `width` is K. */
  readonly embeddingDim?: number;
}

/**
 * A loss over views. If the assigner has several sets of prototypes, an objective that requires assignments is computed
 * once for each set, with a state of its own each, and the losses are averaged.
 */
export interface Objective {
  compute(inputs: ObjectiveInputs, context: StepContext): ObjectiveResult;
  state(size: ObjectiveSize): readonly StateSpec[];
  /**
   * Masks for the patches of the global views in the learning branch, 1 where masked, row by row; at least one patch.
   * Drawn from the context's stream. Such an objective requires `masked-tokens` of the encoder and a teacher.
   */
  mask?(of: MaskedImages, context: StepContext): Int32Array;
  /** Values of the loss at which nothing is learned, with a name for each; the monitor compares the loss with them. */
  trivial(size: ObjectiveSize, context: StepContext): readonly TrivialValue[];
  /**
   * Only for an objective made of others, of which some require assignments: the same objective for several sets of
   * prototypes of the given sizes. All others are split by the framework.
   */
  overSegments?(segments: readonly number[]): Objective;
}

/** A loss value that a network reaches without learning anything. */
export interface TrivialValue {
  readonly name: string;
  readonly loss: number;
  /** What it means and what to change, naming YAML keys. */
  readonly advice: string;
}
export const Objective = token<Objective>('Objective');
