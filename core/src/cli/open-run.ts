import type { Catalogue } from '../plugin/catalogue.js';
import { loadPlugins } from '../plugin/load.js';
import { RunDirectory } from '../run/run-directory.js';
import type { NestedOptions } from '../schema/option.js';
import type { Pipeline } from '../schema/skeleton.js';

/** A run directory with its pipeline and the plugins that pipeline names. */
export interface OpenRun {
  readonly run: RunDirectory;
  readonly pipeline: Pipeline;
  readonly catalogue: Catalogue;
}

/** @throws CarlError INPUT_RUN, INPUT_PLUGIN */
export async function openRun(path: string): Promise<OpenRun> {
  const run = await RunDirectory.open(path);
  const pipeline = await run.pipeline();
  return { run, pipeline, catalogue: await loadPlugins(pipeline.plugins, process.cwd()) };
}

/** The backend a run was made with, also where its pipeline says `auto`: another one would give other last bits. */
export async function backendOf({ run, pipeline }: OpenRun): Promise<NestedOptions> {
  const { name } = (await run.lock()).backend;
  return name === pipeline.backend.use ? pipeline.backend : { use: name };
}
