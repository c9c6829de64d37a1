import type { Collective } from './collective.js';
import type { Random } from './random.js';

/** Where training stands, for options that change over it and for what is drawn at random in a step. */
export interface StepContext {
  /** Optimizer steps done before this one. */
  readonly step: number;
  /** Optimizer steps of the whole training. */
  readonly steps: number;
  readonly epoch: number;
  readonly stepsPerEpoch: number;
  /** A stream that depends on seed and step alone. */
  readonly random: Random;
  readonly collective: Collective;
  /** The batch at hand; undefined outside of a training over a dataset. */
  readonly batch?: BatchPlace;
}

/** Where a batch lies in its epoch and in the dataset. */
export interface BatchPlace {
  /** Batches of this epoch before it. */
  readonly number: number;
  /** The place of each of its images in the training set, [B]. */
  readonly images: readonly number[];
}
