import type { Random } from '../tensor/random.js';
import type { Collective } from './collective.js';

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
}
