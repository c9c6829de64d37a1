import { checkPipeline } from '../config/check.js';
import type { Diagnostic } from '../config/diagnostic.js';
import { located } from '../config/mismatch-error.js';
import { openExperiment, type Experiment } from './experiment.js';
import { factsOf } from './facts-of.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';

/** A pipeline met with its data and checked as a whole. */
export interface OpenedPipeline {
  readonly experiment: Experiment;
  readonly warnings: readonly Diagnostic[];
}

/** Opens the data of a pipeline and lets its components say what they think of the whole. @throws PipelineError with places, or what {@link openExperiment} throws */
export async function openPipeline(loaded: LoadedPipeline): Promise<OpenedPipeline> {
  const experiment = await openExperiment(loaded.pipeline, loaded.catalogue).catch((error: unknown) => {
    throw located(error, loaded);
  });
  return { experiment, warnings: [...loaded.warnings, ...checkPipeline(loaded, factsOf(experiment))] };
}
