import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { token } from './token.js';
import type { StateSpec, TensorMap } from './state.js';
import type { StepContext } from './step-context.js';

/** What an objective works on. Every tensor is borrowed. */
export interface ObjectiveInputs {
  /** Learning branch, one per view: logits [B, K] if the objective requires assignments, else embeddings (or predictions) [B, D]. */
  readonly outputs: readonly Tensor2D[];
  /**
   * Targets, one per global view, never differentiated: the momentum teacher's outputs, or without a teacher but with a
   * predictor the embeddings it predicts from; empty without either.
   */
  readonly targets: readonly Tensor2D[];
  /** Codes q [B, K] of the views or, with a teacher, of its views, when the assigner makes them; else empty. Constant. */
  readonly codes: readonly Tensor2D[];
  /** Sizes that K is the sum of when the assigner has several sets of prototypes, see `bySegment`. */
  readonly segments?: readonly number[];
  /** The objective's own state and any tensor it asked for by name (`prototypes`, `permutation`). */
  readonly tensors: TensorMap;
  /** The branches as embeddings where `views` are logits, for parts of an objective that work on these. */
  readonly embedded?: Pick<ObjectiveInputs, 'outputs' | 'targets'>;
  /** What both branches say of the patches that {@link Objective.mask} has hidden from the learning one. */
  readonly masked?: MaskedPatches;
}

/** The hidden patches of all global views, in the order of the mask: M of them in all. */
export interface MaskedPatches {
  /** [M, K] or [M, D] as `views`, from the images with these patches masked. */
  readonly output: Tensor2D;
  /** The same patches as the teacher sees them; constant. */
  readonly target: Tensor2D;
  /**
   * [images, rows, columns], not 0 where hidden. All zeros for a worker whose images have no hidden patch: then M is 1, and
   * that token is a placeholder that must not count.
   */
  readonly mask: Tensor3D;
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
  /** What else was found on the way (neighbours, codes), for tests and closer looks; training ignores it. */
  readonly details?: Readonly<Record<string, Tensor>>;
}

/** Size of the problem an objective works on. */
export interface ObjectiveSize {
  /** N, images of the global batch, of which a worker has N / size. */
  readonly batchSize: number;
  readonly views: number;
  /** Width of what it gets: K for assignments, D for embeddings. */
  readonly width: number;
  /** K, if there is an assigner. */
  readonly prototypes?: number;
  /** As in {@link ObjectiveInputs}. */
  readonly segments?: readonly number[];
  /** D, where `width` is K. */
  readonly embeddingDim?: number;
}

/** A loss over views. */
export interface Objective {
  compute(inputs: ObjectiveInputs, context: StepContext): ObjectiveResult;
  state(size: ObjectiveSize): readonly StateSpec[];
  /**
   * The patches of the global views that the learning branch must not see, 1 where hidden, row by row; at least one. Drawn
   * from the context's stream. Such an objective requires `masked-tokens` of the encoder and a teacher.
   */
  mask?(of: MaskedImages, context: StepContext): Int32Array;
  /** Values of the loss at which nothing is learned, with a name for each; the monitor compares the loss with them. */
  trivial(size: ObjectiveSize, context: StepContext): readonly TrivialValue[];
}

/** A loss value that a network reaches without learning anything. */
export interface TrivialValue {
  readonly name: string;
  readonly loss: number;
  /** What it means and what to change, naming YAML keys. */
  readonly advice: string;
}
export const Objective = token<Objective>('Objective');
