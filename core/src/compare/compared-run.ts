import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import type { Variant } from './variants.js';

/** A run that a comparison needs, made or not. */
export interface ComparedRun {
  readonly variant: Variant;
  readonly seed: number;
  /** Run directory. */
  readonly path: string;
  /** `carl, seed 0`, for messages. */
  readonly title: string;
  /** Loads the pipeline that the run must be of. */
  readonly load: () => Promise<LoadedPipeline>;
}
