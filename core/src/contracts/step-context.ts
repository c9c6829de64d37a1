import type { Collective } from './collective.js';
import type { Note } from './note.js';
import type { Random } from './random.js';

/** Position of a step in the training, for scheduled options. */
export interface StepPosition {
  /** Number of optimizer steps before this one. */
  readonly step: number;
  /** Number of optimizer steps of the whole training. */
  readonly steps: number;
}

/** Position and surroundings of a step in the training, for scheduled options and for random choices. */
export interface StepContext extends StepPosition {
  readonly epoch: number;
  readonly stepsPerEpoch: number;
  /** A stream that depends on seed and step alone, and is the same on all workers. */
  readonly random: Random;
  readonly collective: Collective;
  /** The current batch; undefined outside of a training over a dataset. */
  readonly batch?: BatchPlace;
  /** Reports a scalar of this step. */
  readonly note: Note;
}

/** Position of a batch in its epoch and in the dataset. */
export interface BatchPlace {
  /** Number of batches before this one in the epoch. */
  readonly number: number;
  /** Index of each image of this worker in the training set, [B]: positions rank * B to (rank + 1) * B of the global batch. */
  readonly images: readonly number[];
  /** Index of each image of the global batch in the training set, [N], N = size * B. */
  readonly globalImages: readonly number[];
}
