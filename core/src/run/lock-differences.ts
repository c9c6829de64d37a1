import type { BackendFingerprint } from '../contracts/backend.js';
import { CarlError } from '../errors/carl-error.js';
import { dataDifference } from './data-fingerprints.js';
import type { Lock, LockedPlugin } from './lock.js';

/** A part of a lock. `plugin list`: a plugin that only one of the two has. */
type Part =
  | 'pipeline'
  | 'data'
  | 'initial weights'
  | 'backend name'
  | 'backend'
  | 'threads'
  | 'versions'
  | 'plugin'
  | 'plugin list';

/** Parts that make a run another experiment. */
const EXPERIMENT: readonly Part[] = ['pipeline', 'data', 'initial weights'];

/** A difference between two locks: the part that differs, and one line such as `Node.js: was 22.1.0, is 24.2.0`. */
export interface LockDifference {
  readonly part: Part;
  readonly text: string;
}

/** The lines of differences. */
export function linesOf(differences: readonly LockDifference[]): readonly string[] {
  return differences.map(({ text }) => text);
}

/** Differences between two locks that can change results. */
export function lockDifferences(before: Lock, now: Lock): readonly LockDifference[] {
  const splits = new Set([...Object.keys(before.data), ...Object.keys(now.data)]);
  return [
    ...difference('pipeline', 'pipeline', [before.pipeline, now.pipeline]),
    ...[...splits].flatMap(split => {
      const found = dataDifference(before.data[split], now.data[split]);
      return found === undefined ? [] : [{ part: 'data' as const, text: `data ${split}: ${found}` }];
    }),
    ...difference('initial weights', 'initial weights', [before.initialWeights, now.initialWeights]),
    ...backendDifferences(before.backend, now.backend),
    ...entryDifferences(name => PROGRAMS[name] ?? name, 'versions', [before.versions, now.versions]),
    ...pluginDifferences(before.plugins, now.plugins),
  ];
}

const PROGRAMS: Readonly<Record<string, string>> = { node: 'Node.js', tfjs: 'TensorFlow.js' };

type Value = string | number | undefined;

function difference(name: string, part: Part, [before, now]: readonly [Value, Value]): readonly LockDifference[] {
  return before === now ? [] : [{ part, text: `${name}: was ${before ?? 'none'}, is ${now ?? 'none'}` }];
}

/** Stored files may lack the entries. */
type Entries = Readonly<Record<string, string>> | undefined;

function entryDifferences(
  nameOf: (key: string) => string,
  part: Part,
  [before = {}, now = {}]: readonly [Entries, Entries],
): readonly LockDifference[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys].flatMap(key => difference(nameOf(key), part, [before[key], now[key]]));
}

function backendDifferences(before: BackendFingerprint, now: BackendFingerprint): readonly LockDifference[] {
  if (before.name !== now.name) return difference('backend', 'backend name', [before.name, now.name]);
  return [
    ...entryDifferences(name => `backend version of ${name}`, 'backend', [before.versions, now.versions]),
    ...difference('backend threads', 'threads', [before.threads, now.threads]),
    ...entryDifferences(name => `backend setting ${name}`, 'backend', [before.flags, now.flags]),
  ];
}

/** True if another backend is in use. */
export function isOtherBackend({ part }: LockDifference): boolean {
  return part === 'backend name';
}

/** True for a difference that changes the figures of an evaluation by rounding only. */
export function isRounding({ part }: LockDifference): boolean {
  return part === 'threads';
}

/** Differences of versions and files; the folder of a plugin does not affect results. */
function pluginDifferences(before: readonly LockedPlugin[], now: readonly LockedPlugin[]): readonly LockDifference[] {
  const [old, current] = [before, now].map(plugins => new Map(plugins.map(plugin => [plugin.name, plugin])));
  return [...new Set([...old.keys(), ...current.keys()])].flatMap(name => {
    const [a, b] = [old.get(name), current.get(name)];
    const part = a && b ? 'plugin' : 'plugin list';
    if (a?.version !== b?.version) return difference(`plugin ${name}`, part, [a?.version, b?.version]);
    if (a?.integrity === b?.integrity) return [];
    return [{ part, text: `plugin ${name}: its files changed (version ${a?.version ?? 'none'} as before)` }];
  });
}

/** The difference between the numbers of workers of two locks, if there is one. */
export function workersDifference({ workers: before = 1 }: Lock, { workers: now = 1 }: Lock): readonly string[] {
  return before === now ? [] : [`workers: was ${before}, is ${now}`];
}

/** True for a difference after which a run would be another experiment. */
export function changesExperiment({ part }: LockDifference): boolean {
  return EXPERIMENT.includes(part);
}

/**
 * Checks that the pipeline, data and initial weights of a run are unchanged. Returns differences of the environment.
 * @throws CarlError INPUT_RUN
 */
export function assertResumable(before: Lock, now: Lock, run: string): readonly LockDifference[] {
  return assertSameExperiment(
    { before, now },
    `${run} cannot be resumed, because it would not be the same experiment`,
    'Start a new run, or undo these changes. If only damaged files of the data were repaired, continue with --allow-changed-data.',
  );
}

/**
 * Refuses to evaluate or repeat a run whose pipeline, data or initial weights have changed since its training. Returns the
 * other differences.
 * @throws CarlError INPUT_RUN
 */
export function assertUnchanged(before: Lock, now: Lock, run: string): readonly LockDifference[] {
  return assertSameExperiment(
    { before, now },
    `${run} was trained on something else than what is there now`,
    `Restore what ${run}/lock.json describes, or train a new run. The results of the run were not changed.`,
  );
}

function assertSameExperiment(
  { before, now }: { readonly before: Lock; readonly now: Lock },
  found: string,
  remedy: string,
): readonly LockDifference[] {
  const differences = lockDifferences(before, now);
  const forbidden = differences.filter(changesExperiment);
  if (forbidden.length > 0)
    throw new CarlError('INPUT_RUN', `${found}:\n  ${linesOf(forbidden).join('\n  ')}\n${remedy}`);
  return differences;
}
