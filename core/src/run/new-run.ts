import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pipeline } from '../schema/skeleton.js';
import type { Lock } from './lock.js';
import { COST_FILE, type RunCost } from './run-cost.js';
import { jsonText } from '../text/json-text.js';

/** In a run directory that `carl reproduce` wrote: the path of the repeated run. */
const REPETITION_FILE = 'repetition.json';

/** The content of a run directory before the first step. */
export interface NewRun {
  /** Text of the pipeline. */
  readonly source: string;
  readonly pipeline: Pipeline;
  readonly lock: Lock;
  readonly cost?: RunCost;
  /** Path of the run that this one repeats. */
  readonly repeats?: string;
}

/** The files of a new run directory, by name. */
export function newRunFiles({ source, pipeline, lock, cost, repeats }: NewRun): Readonly<Record<string, string>> {
  return {
    'pipeline.yaml': source,
    'pipeline.json': jsonText(pipeline),
    'metrics.jsonl': '',
    'lock.json': jsonText(lock),
    ...(cost && { [COST_FILE]: jsonText(cost) }),
    ...(repeats !== undefined && { [REPETITION_FILE]: jsonText({ format: 1, repeats }) }),
  };
}

/** True if a run repeats another one: it is compared with that one and not evaluated. */
export function isRepetitionFolder(path: string): boolean {
  return existsSync(join(path, REPETITION_FILE));
}
