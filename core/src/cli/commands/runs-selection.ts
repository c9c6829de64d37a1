import { relative, resolve } from 'node:path';
import { CarlError } from '../../errors/carl-error.js';
import { isNested } from '../../run/leaves.js';
import { RunDirectory } from '../../run/run-directory.js';
import { findRuns, RUN_STATES, summariseRun, type RunSummary } from '../../run/run-list.js';
import { closest, listed } from '../../text/closest.js';
import { closestKey } from '../../text/closest-key.js';

/** One `--where key=value`. */
interface Condition {
  readonly text: string;
  readonly key: string;
  readonly value: string;
}

/** The runs below a folder that have all the given values. @throws CarlError INPUT_ARGUMENT */
export async function selected(folder: string, where: readonly string[] = []): Promise<readonly RunSummary[]> {
  const conditions = where.map(parseCondition);
  const found: RunSummary[] = [];
  const pipelines: object[] = [];
  for (const path of await findRuns(folder)) {
    const summary = await summariseRun(path);
    const values = conditions.length > 0 ? await valuesOf(summary) : {};
    pipelines.push(values);
    if (conditions.every(({ key, value }) => shown(values, key) === value)) found.push(summary);
  }
  if (found.length > 0) return found;
  if (pipelines.length > 0) refuseUnknown(conditions, pipelines);
  const rest = conditions.length > 0 ? ` with ${where.join(' and ')}` : '';
  throw new CarlError('INPUT_ARGUMENT', `${relative('', resolve(folder)) || '.'} has no runs${rest}.`);
}

/** @throws CarlError INPUT_ARGUMENT also for a state that no run can have */
function parseCondition(text: string): Condition {
  const place = text.indexOf('=');
  if (place <= 0)
    throw new CarlError('INPUT_ARGUMENT', `--where ${text}: expected a key and a value, for example state=finished.`);
  const [key, value] = [text.slice(0, place), text.slice(place + 1)];
  if (key !== 'state' || RUN_STATES.some(state => state === value)) return { text, key, value };
  throw new CarlError(
    'INPUT_ARGUMENT',
    `--where ${text}: there is no such state.${meant(closest(value, RUN_STATES))} A run is ${listed(RUN_STATES)}.`,
  );
}

/** Tells a key that no run has from one whose value no run has. @throws CarlError INPUT_ARGUMENT */
function refuseUnknown(conditions: readonly Condition[], pipelines: readonly object[]): void {
  const unknown = conditions.find(
    ({ key }) => !SUMMARY.includes(key) && pipelines.every(one => shown(one, key) === undefined),
  );
  if (unknown === undefined) return;
  const { text, key } = unknown;
  const near = closestKey(key, [...new Set(pipelines.flatMap(one => keysOf(one)))]);
  throw new CarlError('INPUT_ARGUMENT', `--where ${text}: no run has the key \`${key}\`.${meant(near)}`);
}

/** Keys beside those of the pipeline. */
const SUMMARY: readonly string[] = ['state', 'name', 'seed'];

function meant(near: string | undefined): string {
  return near === undefined ? '' : ` Did you mean \`${near}\`?`;
}

function keysOf(value: object, parent = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]) => [
    `${parent}${key}`,
    ...(isNested(inner) ? keysOf(inner, `${parent}${key}.`) : []),
  ]);
}

/** The pipeline of a run, with its state, name and seed. */
async function valuesOf({ path, state, name, seed }: RunSummary): Promise<object> {
  const pipeline = state === 'damaged' ? {} : await (await RunDirectory.open(path)).pipeline();
  return { ...pipeline, state, name, seed };
}

/** A value by its key: `assigner.count`, `evaluate.0.k`; a component is its `use`. */
function shown(values: object, key: string): string | undefined {
  const value = key.split('.').reduce<unknown>((at, part) => (isNested(at) ? at[part] : undefined), values);
  const text = isNested(value) ? (value.use ?? value) : value;
  return text === undefined || typeof text === 'string' ? text : JSON.stringify(text);
}
