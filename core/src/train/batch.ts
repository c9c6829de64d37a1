import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { BatchPlace, StepContext } from '../contracts/step-context.js';
import type { Notes } from '../tensor/notes.js';

/** One batch of views and how they pass through the encoder. */
export interface Batch {
  /** V tensors [B, height, width, channels], global views first. */
  readonly views: readonly Tensor4D[];
  readonly globalViews: number;
  /** Where the views lie in their images, [B, 4] each: top, left, height and width as `ViewBox`. Without it, they are the images. */
  readonly boxes?: readonly Tensor2D[];
  readonly forward: Forward;
  /** Position in the epoch and images of the dataset, for the context of the step. */
  readonly place?: BatchPlace;
}

/** `joint`: views of one size form one batch of the encoder and share its batch statistics. `separate`: view by view. */
export type Forward = 'joint' | 'separate';

/** The step that a batch belongs to. */
export interface StepScope {
  readonly context: StepContext;
  /** Collects the scalars that parts of the student report. */
  readonly notes: Notes;
}
