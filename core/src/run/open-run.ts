import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { loadPipeline, type LoadOptions } from '../config/load.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { PipelineError } from '../config/pipeline-error.js';
import { singleProcess } from '../builtin/single-process.js';
import type { Collective } from '../contracts/collective.js';
import type { NestedOptions } from '../contracts/components.js';
import type { Pipeline } from '../schema/skeleton.js';
import { CarlError } from '../errors/carl-error.js';
import { listed } from '../text/closest.js';
import { closestKey } from '../text/closest-key.js';
import { counted } from '../text/counted.js';
import { hashOf, type Lock } from './lock.js';
import { leavesOf } from './leaves.js';
import { extensionsOf } from './run-changes.js';
import { RunDirectory } from './run-directory.js';

/** A run directory with its pipeline, loaded as a pipeline file is. */
export interface OpenRun {
  readonly run: RunDirectory;
  readonly lock: Lock;
  readonly loaded: LoadedPipeline;
}

export interface OpenRunOptions extends Pick<LoadOptions, 'collective' | 'uses'> {
  /** Where the data are now: `data.root=PATH`. */
  readonly set?: readonly string[];
  /** Allows `set` to change evaluators and evaluation settings as well. */
  readonly evaluation?: boolean;
  /** More epochs can be given too, which errors then suggest. */
  readonly extendable?: boolean;
  /** Number of epochs instead of that of the run. */
  readonly epochs?: number;
}

/** Keys that only evaluations depend on. */
const EVALUATION = /^\s*(evaluate|evaluation|augmenter\.evaluation)\s*[.=]/;
/** Other datasets and their evaluators; `transfer.NAME.data.KEY` is not one of them, because it says where the data are now. */
const TRANSFER = /^\s*transfer(\.[^.=]+(\.data|\.evaluate[^=]*)?)?\s*=/;

/** True for an argument of `--set` that changes how a run is evaluated, not what it is. */
export function changesEvaluation(text: string): boolean {
  return EVALUATION.test(text) || changesTransfer(text);
}

/** True for an argument of `--set` that changes the other datasets that a run is evaluated on. */
export function changesTransfer(text: string): boolean {
  return TRANSFER.test(text);
}

/**
 * Opens a run directory. Its plugins are those that the run was trained with; one whose folder is gone is looked up by its
 * name from the run directory.
 * @throws CarlError INPUT_RUN if a file is missing or damaged, was edited, or does not fit the installed plugins
 */
export async function openRun(path: string, options: OpenRunOptions = {}): Promise<OpenRun> {
  const run = await RunDirectory.open(path);
  const lock = await run.lock();
  const stored = await run.pipeline();
  assertUnchanged(run, stored, lock);
  assertDivisible(run, { stored, lock }, options.collective);
  const { evaluation = false, extendable = false, epochs, ...loading } = options;
  for (const text of options.set ?? [])
    if (!evaluation || !changesEvaluation(text)) assertDataPath(text, stored, { evaluation, extendable });
  const pluginFolders = new Map(
    lock.plugins.flatMap(({ name, path: folder }) => (folder && existsSync(folder) ? [[name, folder]] : [])),
  );
  try {
    const set = [...(options.set ?? []), ...epochsSet(epochs, lock)];
    return { run, lock, loaded: await loadPipeline(run.pipelineFile, { ...loading, set, pluginFolders }) };
  } catch (error) {
    // An error of the arguments has nothing to do with the plugins.
    if (!(error instanceof PipelineError) || options.set?.some(changesEvaluation)) throw error;
    throw new CarlError(
      'INPUT_RUN',
      `${run.pipelineFile} does not fit the installed plugins:\n${error.message}\nInstall the versions in ${path}/lock.json.`,
      { cause: error },
    );
  }
}

/** Sets the epochs that were asked for; `pipeline.json` may lack those of the last extension. */
function epochsSet(wanted: number | undefined, lock: Lock): readonly string[] {
  const epochs = wanted ?? extensionsOf(lock).at(-1)?.to;
  return epochs === undefined ? [] : [`trainer.epochs=${epochs}`];
}

/** Refuses to set anything but a path of the dataset. @throws CarlError INPUT_ARGUMENT */
function assertDataPath(text: string, pipeline: Pipeline, { evaluation, extendable }: Settable): void {
  const key = text.split('=')[0].trim();
  const keys = key.split('.');
  const value = keys.reduce((inner: unknown, name) => (inner as Record<string, unknown> | undefined)?.[name], pipeline);
  if (isOfData(key) && isPlace(value)) return;
  const near = closestKey(key, settableKeys(pipeline, { evaluation, extendable }));
  const meant = near === undefined || near === key ? '' : `Did you mean \`${near}\`? `;
  const places = placesOf(pipeline);
  const example = `${places[0] ?? 'data.root'}=/new/place`;
  const others = places.length > 1 ? ` (its paths: ${listed(places, 'and')})` : '';
  throw new CarlError(
    'INPUT_ARGUMENT',
    evaluation
      ? `--set ${text}: ${meant}Of a run, only \`evaluate\`, \`evaluation\`, \`transfer\`, \`augmenter.evaluation\` and a path of its data can be set, for ` +
          `example --set evaluate=[knn] or --set ${example}${others}. Everything else is as in its training.`
      : `--set ${text}: ${meant}Of a run, only a path of its data can be set, for example --set ${example}${others}. ` +
          'Everything else is as in its training; `carl train --resume` also takes more epochs, by --set trainer.epochs=N.',
  );
}

/** What can be set of a run besides the place of its data. */
interface Settable {
  readonly evaluation: boolean;
  readonly extendable: boolean;
}

/** Keys of the paths of a run's data. */
function placesOf(pipeline: Pipeline): readonly string[] {
  return leavesOf(pipeline).filter(([key, value]) => isOfData(key) && isPlace(value)).map(([key]) => key); // prettier-ignore
}

function settableKeys(pipeline: Pipeline, { evaluation, extendable }: Settable): readonly string[] {
  const ofEvaluation = leavesOf(pipeline).map(([key]) => key).filter(key => EVALUATION.test(`${key}=`)); // prettier-ignore
  return [
    ...placesOf(pipeline),
    ...(extendable ? ['trainer.epochs'] : []),
    ...(evaluation ? [...ROOTS, ...ofEvaluation] : []),
  ];
}

const ROOTS: readonly string[] = ['evaluate', 'evaluation', 'transfer', 'augmenter.evaluation'];

function isOfData(key: string): boolean {
  return /^(data|transfer\.[^.]+\.data)\./.test(key);
}

function isPlace(value: unknown): boolean {
  return typeof value === 'string' && isAbsolute(value);
}

/**
 * The backend of a name with the pipeline's options, if the pipeline has any for it.
 * @param name by default that of the backend the run was trained with, also where its pipeline says `auto`: another one would
 * change the last bits
 */
export function backendOf({ lock, loaded }: OpenRun, name = lock.backend.name): NestedOptions {
  const { backend } = loaded.pipeline;
  return name === backend.use ? backend : { use: name };
}

/** Each worker computes an equal share of every batch, whose size belongs to the run. @throws CarlError INPUT_RUN */
function assertDivisible(
  { path }: RunDirectory,
  { stored, lock: { workers = 1 } }: { readonly stored: Pipeline; readonly lock: Lock },
  { size }: Pick<Collective, 'size'> = singleProcess,
): void {
  const { batchSize } = stored.trainer;
  if (batchSize % size === 0) return;
  throw new CarlError(
    'INPUT_RUN',
    `The batches of ${path}, of ${batchSize} images, cannot be divided equally among ${size} workers. Start ${counted(workers, 'worker')}, ` +
      `as in its training, or another number that divides ${batchSize}.`,
  );
}

/** @throws CarlError INPUT_RUN */
function assertUnchanged({ path, pipelineFile }: RunDirectory, stored: Pipeline, lock: Lock): void {
  if (hashOf(stored) !== lock.pipeline)
    throw new CarlError(
      'INPUT_RUN',
      `${pipelineFile} was changed after training began: its hash is not the one in ${path}/lock.json. Restore the file.`,
    );
  if (stored.seed !== lock.seed)
    throw new CarlError(
      'INPUT_RUN',
      `${path}/lock.json was changed after training began: its seed is ${lock.seed}, and that of ${pipelineFile} is ${stored.seed}. Restore the file.`,
    );
}
