import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { BatchPlace } from '../contracts/step-context.js';

/** One batch of views and where it goes through. */
export interface Batch {
  /** V tensors [B, height, width, channels], global views first. */
  readonly views: readonly Tensor4D[];
  readonly globalViews: number;
  readonly forward: 'joint' | 'separate';
  /** Where it lies in its epoch, for the context of the step. */
  readonly place?: BatchPlace;
}
