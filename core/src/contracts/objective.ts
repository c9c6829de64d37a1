import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { token } from './token.js';
import type { StateSpec, TensorMap } from './state.js';
import type { StepContext } from './step-context.js';

/** Input of a loss for one set of prototypes. Every tensor is borrowed. */
export interface ObjectiveInputs {
  /**
   * Outputs of the student, one per view: logits [B, K] if the objective requires assignments, else embeddings
   * (or predictions) [B, D].
   */
  readonly outputs: readonly Tensor2D[];
  /** Number of outputs that are of global views, which come first; without it, all are. */
  readonly globalViews?: number;
  /**
   * Targets, one per global view, without gradient: the momentum teacher's outputs; without a teacher but with a
   * predictor, the embeddings that go into the predictor; empty without either.
   */
  readonly targets: readonly Tensor2D[];
  /**
   * Codes q [B, K] if the assigner computes codes, else empty: those of the teacher's views, or without a teacher those
   * of the student. Constant.
   */
  readonly codes: readonly Tensor2D[];
  /** The objective's own state, and `prototypes` [K, D] if the assigner has any. */
  readonly tensors: TensorMap;
  /** Embeddings of both branches if `outputs` are logits, for the terms of a sum that take embeddings. */
  readonly embedded?: Pick<ObjectiveInputs, 'outputs' | 'targets'>;
  /** The patches that {@link Objective.mask} has masked: outputs of both branches, and pixels. */
  readonly masked?: MaskedPatches;
  /** The student's patches of the global views, for an objective with {@link Objective.usesPatches}. */
  readonly patches?: PatchOutputs;
}

/** Embeddings and places of all patches of the global views, one tensor per view; T patches, row by row. */
export interface PatchOutputs {
  /** [B, T, E], by the head's own projector for patches if it has one. Never assigned to prototypes. */
  readonly outputs: readonly Tensor3D[];
  /**
   * [B, T, 2], row and column of the centre of each patch in the stored image, in pixels; constant. Crops and mirroring are
   * taken into account, rotations are not.
   */
  readonly positions: readonly Tensor3D[];
}

/** The masked patches of all global views, in the order of the mask: M of them in all. */
export interface MaskedPatches {
  /** [M, K] or [M, D] as `outputs`: the student's outputs for these patches, which are masked in its images. */
  readonly output: Tensor2D;
  /** The teacher's outputs for the same patches, which are not masked in its images; constant. Absent without a teacher. */
  readonly target?: Tensor2D;
  /** [M, patch height * patch width * channels], the pixels of these patches in the student's images, row by row; constant. */
  readonly pixels: Tensor2D;
  /**
   * [images, rows, columns] int32, 1 where masked. All zeros for a worker whose images have no masked patch: then M is
   * 1, and the token is a placeholder with weight 0.
   */
  readonly mask: Tensor3D;
  /** [M] int32, positions of the masked patches in the flattened mask. */
  readonly places: Tensor1D;
}

/** Number and grid of the images to draw masks for: the global views of the global batch, one view after the other. */
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

/** Sizes of an objective's inputs. */
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

/** Matrices of an objective that grow with the product of two sizes: pairs of images, of dimensions, of images and queue. */
export interface ObjectiveMatrices {
  readonly rows: number;
  readonly columns: number;
  /** How many of them at least are kept for the backward pass. */
  readonly count: number;
}

/**
 * A loss over views. If the assigner has several sets of prototypes, an objective that requires assignments is computed
 * once for each set, with separate state, and the losses are averaged.
 */
export interface Objective {
  compute(inputs: ObjectiveInputs, context: StepContext): ObjectiveResult;
  state(size: ObjectiveSize): readonly StateSpec[];
  /**
   * Matrices beyond the inputs that one batch keeps for the backward pass, for estimates of memory: [N, N] of similarities,
   * [D, D] of correlations, [N, M] with a queue. Without it, none are counted.
   */
  matrices?(size: ObjectiveSize): readonly ObjectiveMatrices[];
  /**
   * Draws masks for the patches of the global views in the student from the context's random stream: 1 where
   * masked, row by row, at least one patch in all. Such an objective requires `masked-tokens` of the encoder.
   */
  mask?(of: MaskedImages, context: StepContext): Int32Array;
  /** True for an objective that needs `patches` in its inputs. It requires `patch-tokens` of the encoder. */
  readonly usesPatches?: boolean;
  /** Loss values of trivial solutions; the monitor compares the loss with them. */
  trivial(size: ObjectiveSize, context: StepContext): readonly TrivialValue[];
  /**
   * Only for an objective made of others, some of which require assignments: returns the same objective for several
   * sets of prototypes of the given sizes. The framework splits all other objectives.
   */
  overSegments?(segments: readonly number[]): Objective;
}

/** A loss value that a network reaches without learning anything. */
export interface TrivialValue {
  readonly name: string;
  readonly loss: number;
  /** Meaning of the value, and the YAML keys to change. */
  readonly advice: string;
}
export const Objective = token<Objective>('Objective');
