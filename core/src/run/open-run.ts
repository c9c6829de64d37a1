import type { Catalogue } from '../plugin/catalogue.js';
import { loadPlugins } from '../catalogue/load.js';
import type { SchemaError } from '../schema/validator.js';
import { validatorOf } from '../schema/validator.js';
import { CarlError } from '../errors/carl-error.js';
import { RunDirectory } from './run-directory.js';
import type { Pipeline } from '../schema/skeleton.js';
import type { NestedOptions } from '../contracts/components.js';

/** A run directory with its pipeline and the plugins that pipeline names. */
export interface OpenRun {
  readonly run: RunDirectory;
  readonly pipeline: Pipeline;
  readonly catalogue: Catalogue;
}

/** @throws CarlError INPUT_RUN, INPUT_PLUGIN */
export async function openRun(path: string): Promise<OpenRun> {
  const run = await RunDirectory.open(path);
  const pipeline: unknown = await run.pipeline();
  if (!hasPlugins(pipeline)) throw unfit(path, 'it lists no plugins');
  const catalogue = await loadPlugins(pipeline.plugins, process.cwd());
  // Filling a default in would make it another pipeline, so a copy is looked at.
  const [error] = validatorOf(catalogue).validate(structuredClone(pipeline));
  if (error) throw unfit(path, reasonOf(error));
  return { run, pipeline: pipeline as Pipeline, catalogue };
}

function hasPlugins(pipeline: unknown): pipeline is Pick<Pipeline, 'plugins'> {
  const { plugins } = (pipeline ?? {}) as Partial<Pipeline>;
  return Array.isArray(plugins) && plugins.every(name => typeof name === 'string');
}

function reasonOf({ instancePath, keyword, message = 'is not valid', data }: SchemaError): string {
  const key = instancePath.slice(1).replaceAll('/', '.');
  if (keyword !== 'discriminator') return `${key === '' ? 'it' : `\`${key}\``} ${message}`;
  const { use } = (data ?? {}) as { use?: unknown };
  return `no plugin has \`${String(use)}\` for \`${key}\``;
}

function unfit(path: string, reason: string): CarlError {
  const message = `${path}/pipeline.json does not go with the plugins that are installed: ${reason}.`;
  return new CarlError('INPUT_RUN', `${message} Restore the file, or the versions in ${path}/lock.json.`);
}

/** The backend a run was made with, also where its pipeline says `auto`: another one would give other last bits. */
export async function backendOf({ run, pipeline }: OpenRun): Promise<NestedOptions> {
  const { name } = (await run.lock()).backend;
  return name === pipeline.backend.use ? pipeline.backend : { use: name };
}
