import { checkPipeline } from '../config/check.js';
import { atKey } from '../config/data-error.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { inOrder, PipelineError } from '../config/pipeline-error.js';
import { located } from '../config/mismatch-error.js';
import { Dataset, type SplitName } from '../contracts/dataset.js';
import type { ImageSet } from '../contracts/image-set.js';
import { assemble } from './assembly.js';
import { checkEpoch } from './check-epoch.js';
import { checkInitialWeights } from './check-initial-weights.js';
import { checkSplits } from './check-splits.js';
import { openData, type Experiment } from './experiment.js';
import { openOwnDataset, type OpenDataset } from './open-dataset.js';
import { factsOf, factsWithoutData, transferFacts } from './facts-of.js';

/** A pipeline with its open data and the warnings of its components. */
export interface OpenedPipeline {
  readonly experiment: Experiment;
  readonly warnings: readonly Diagnostic[];
}

/** Opens the data of a pipeline and runs the checks of its components. @throws PipelineError, or as {@link openData} */
export async function openPipeline(loaded: LoadedPipeline): Promise<OpenedPipeline> {
  const experiment = await openExperiment(loaded).catch((error: unknown) => {
    throw withOtherErrors(error, loaded);
  });
  const found = checkPipeline(loaded, factsOf(experiment), { transferred: transferFacts(experiment) });
  return {
    experiment,
    warnings: [
      ...loaded.warnings,
      ...found,
      ...checkEpoch(experiment),
      ...checkSplits(experiment),
      ...checkInitialWeights(experiment),
    ],
  };
}

/** Adds the errors that are found without data to those of the data. */
function withOtherErrors(error: unknown, loaded: LoadedPipeline): unknown {
  if (!(error instanceof PipelineError)) return error;
  try {
    checkWithoutData(loaded);
    return error;
  } catch (other) {
    if (!(other instanceof PipelineError)) return error;
    const told = new Set(error.diagnostics.map(({ message }) => message));
    const more = other.diagnostics.filter(({ message }) => !told.has(message));
    if (more.length === 0) return error;
    return new PipelineError(inOrder([...error.diagnostics, ...more]), { cause: error });
  }
}

/** Opens the data of a pipeline that was checked when its training began, or is not trained. @throws as {@link openData} */
export async function openExperiment(loaded: LoadedPipeline, purpose?: 'training' | 'evaluation'): Promise<Experiment> {
  try {
    return await openData(assemble(loaded), purpose);
  } catch (error) {
    throw located(error, loaded);
  }
}

/** Opens the pipeline's own dataset alone. @throws PipelineError with the key that names it */
export async function openDataset(loaded: LoadedPipeline): Promise<OpenDataset> {
  try {
    return await openOwnDataset(loaded.pipeline, loaded.services);
  } catch (error) {
    throw located(error, loaded);
  }
}

/** Opens one split of the pipeline's own dataset. @throws as {@link openDataset} */
export async function openSplit(loaded: LoadedPipeline, name: SplitName): Promise<ImageSet | undefined> {
  try {
    return await loaded.services.get(Dataset).split(name);
  } catch (error) {
    throw located(atKey(error, ['data'], loaded.pipeline), loaded);
  }
}

/** Warnings about a pipeline that can be found without its data. @throws PipelineError */
export function checkWithoutData(loaded: LoadedPipeline): readonly Diagnostic[] {
  try {
    return [...loaded.warnings, ...checkPipeline(loaded, factsWithoutData(assemble(loaded)))];
  } catch (error) {
    throw located(error, loaded);
  }
}

/** Warnings about the evaluation of a pipeline whose data are open. @throws PipelineError */
export function checkEvaluation(experiment: Experiment, keys: readonly string[]): readonly Diagnostic[] {
  return checkPipeline(experiment.loaded, factsOf(experiment), { transferred: transferFacts(experiment), keys });
}
