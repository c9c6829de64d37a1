import type { BackendFingerprint } from '../contracts/backend.js';
import { CarlError } from '../errors/carl-error.js';
import { dataDifference } from './data-fingerprints.js';
import type { Lock, LockedPlugin } from './lock.js';

/** Differences between two locks that can change results, one line each: `Node.js: was 22.1.0, is 24.2.0`. */
export function lockDifferences(before: Lock, now: Lock): readonly string[] {
  const splits = new Set([...Object.keys(before.data), ...Object.keys(now.data)]);
  return [
    ...difference('pipeline', before.pipeline, now.pipeline),
    ...[...splits].flatMap(split => {
      const found = dataDifference(before.data[split], now.data[split]);
      return found === undefined ? [] : [`data ${split}: ${found}`];
    }),
    ...difference('initial weights', before.initialWeights, now.initialWeights),
    ...backendDifferences(before.backend, now.backend),
    ...entryDifferences(name => PROGRAMS[name] ?? name, before.versions, now.versions),
    ...pluginDifferences(before.plugins, now.plugins),
  ];
}

const PROGRAMS: Readonly<Record<string, string>> = { node: 'Node.js', tfjs: 'TensorFlow.js' };

type Value = string | number | undefined;

function difference(name: string, before: Value, now: Value): readonly string[] {
  return before === now ? [] : [`${name}: was ${before ?? 'none'}, is ${now ?? 'none'}`];
}

type Entries = Readonly<Record<string, string>>;

/** Stored files may lack the entries. */
function entryDifferences(nameOf: (key: string) => string, before: Entries = {}, now: Entries = {}): readonly string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys].flatMap(key => difference(nameOf(key), before[key], now[key]));
}

function backendDifferences(before: BackendFingerprint, now: BackendFingerprint): readonly string[] {
  if (before.name !== now.name) return difference('backend', before.name, now.name);
  return [
    ...entryDifferences(name => `backend version of ${name}`, before.versions, now.versions),
    ...difference('backend threads', before.threads, now.threads),
    ...entryDifferences(name => `backend setting ${name}`, before.flags, now.flags),
  ];
}

/** True for a difference that changes the figures of an evaluation by rounding only. */
export function isRounding(line: string): boolean {
  return /^backend threads\b/.test(line);
}

/** Differences of versions and files; the folder of a plugin does not affect results. */
function pluginDifferences(before: readonly LockedPlugin[], now: readonly LockedPlugin[]): readonly string[] {
  const [old, current] = [before, now].map(plugins => new Map(plugins.map(plugin => [plugin.name, plugin])));
  return [...new Set([...old.keys(), ...current.keys()])].flatMap(name => {
    const [a, b] = [old.get(name), current.get(name)];
    if (a?.version !== b?.version) return difference(`plugin ${name}`, a?.version, b?.version);
    return a?.integrity === b?.integrity
      ? []
      : [`plugin ${name}: its files changed (version ${a?.version ?? 'none'} as before)`];
  });
}

/** The difference between the numbers of workers of two locks, if there is one. */
export function workersDifference({ workers: before = 1 }: Lock, { workers: now = 1 }: Lock): readonly string[] {
  return before === now ? [] : [`workers: was ${before}, is ${now}`];
}

/** True for a difference after which a run would be another experiment. */
export function changesExperiment(line: string): boolean {
  return /^(pipeline|data|initial weights)\b/.test(line);
}

/**
 * Checks that the pipeline, data and initial weights of a run are unchanged. Returns differences of the environment.
 * @throws CarlError INPUT_RUN
 */
export function assertResumable(before: Lock, now: Lock, run: string): readonly string[] {
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
export function assertUnchanged(before: Lock, now: Lock, run: string): readonly string[] {
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
): readonly string[] {
  const differences = lockDifferences(before, now);
  const forbidden = differences.filter(changesExperiment);
  if (forbidden.length > 0) throw new CarlError('INPUT_RUN', `${found}:\n  ${forbidden.join('\n  ')}\n${remedy}`);
  return differences;
}
