import { loadPipeline, type LoadOptions } from '../config/load.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { PipelineError } from '../config/pipeline-error.js';
import type { NestedOptions } from '../contracts/components.js';
import { CarlError } from '../errors/carl-error.js';
import { hashOf, type Lock } from './lock.js';
import { RunDirectory } from './run-directory.js';

/** A run directory with its pipeline, loaded as a pipeline file is. */
export interface OpenRun {
  readonly run: RunDirectory;
  readonly lock: Lock;
  readonly loaded: LoadedPipeline;
}

/**
 * Opens a run directory. Its plugins are those that the run was trained with, as far as they are still in their folders.
 * @param options collective of the worker that resumes the run
 * @throws CarlError INPUT_RUN if a file is missing or damaged, was edited, or does not fit the installed plugins
 */
export async function openRun(path: string, options: Pick<LoadOptions, 'collective'> = {}): Promise<OpenRun> {
  const run = await RunDirectory.open(path);
  const lock = await run.lock();
  const stored = await run.pipeline();
  if (hashOf(stored) !== lock.pipeline)
    throw new CarlError(
      'INPUT_RUN',
      `${run.pipelineFile} was changed after training began: its hash is not the one in ${path}/lock.json. Restore the file.`,
    );
  const pluginFolders = new Map(lock.plugins.flatMap(({ name, path: folder }) => (folder ? [[name, folder]] : [])));
  try {
    return { run, lock, loaded: await loadPipeline(run.pipelineFile, { ...options, pluginFolders }) };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    throw new CarlError(
      'INPUT_RUN',
      `${run.pipelineFile} does not fit the installed plugins:\n${error.message}\nInstall the versions in ${path}/lock.json.`,
      { cause: error },
    );
  }
}

/** The backend a run was trained with, also where its pipeline says `auto`: another one would change the last bits. */
export function backendOf({ lock, loaded }: OpenRun): NestedOptions {
  const { name } = lock.backend;
  const { backend } = loaded.pipeline;
  return name === backend.use ? backend : { use: name };
}
