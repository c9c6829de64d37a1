import { createHash } from 'node:crypto';
import { arch, cpus, platform } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendFingerprint } from '../contracts/backend.js';
import { CarlError } from '../errors/carl-error.js';
import { dataDifference, type DataFingerprints } from './data-fingerprints.js';
import type { RunChange } from './run-change.js';

/** Everything that determines the results of a run, apart from the pipeline itself. */
export interface Lock {
  readonly format: 1;
  readonly created: string;
  readonly seed: number;
  /** SHA-256 of the resolved pipeline. */
  readonly pipeline: string;
  readonly data: DataFingerprints;
  /** SHA-256 of the file the encoder started from, if there was one. */
  readonly initialWeights?: string;
  readonly backend: BackendFingerprint;
  readonly versions: Readonly<Record<string, string>>;
  readonly plugins: readonly LockedPlugin[];
  /** Number of workers that share a batch; 1 where it is missing. It can change the last bits of results. */
  readonly workers?: number;
  /** Changes of the run since it began, oldest first. */
  readonly changes?: readonly RunChange[];
  readonly machine: { readonly platform: string; readonly arch: string; readonly cpu: string; readonly cores: number };
}

export interface LockedPlugin {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  /** Folder of the package, or the file, on the machine of the run. */
  readonly path?: string;
}

export function lockOf(parts: {
  /** SHA-256 of the resolved pipeline. */
  readonly pipeline: string;
  readonly seed: number;
  readonly data: Lock['data'];
  readonly initialWeights?: string;
  readonly backend: BackendFingerprint;
  readonly plugins: readonly LockedPlugin[];
  readonly workers: number;
}): Lock {
  const processors = cpus();
  return {
    format: 1,
    created: new Date().toISOString(),
    seed: parts.seed,
    pipeline: parts.pipeline,
    data: parts.data,
    ...(parts.initialWeights !== undefined && { initialWeights: parts.initialWeights }),
    backend: parts.backend,
    versions: { node: process.versions.node, tfjs: tf.version_core },
    plugins: parts.plugins,
    workers: parts.workers,
    machine: { platform: platform(), arch: arch(), cpu: processors[0]?.model ?? 'unknown', cores: processors.length },
  };
}

/** SHA-256 of a resolved pipeline, in any order of its keys. */
export function hashOf(pipeline: unknown): string {
  return createHash('sha256').update(JSON.stringify(pipeline, sortedKeys)).digest('hex');
}

/** Differences between two locks that can change results, one line each. */
export function lockDifferences(before: Lock, now: Lock): readonly string[] {
  const lines: string[] = [];
  const compare = (what: string, a: unknown, b: unknown): void => {
    const [old, current] = [a, b].map(value => JSON.stringify(value, sortedKeys));
    if (old !== current) lines.push(`${what}: was ${old ?? 'none'}, is ${current ?? 'none'}`);
  };
  compare('pipeline', before.pipeline, now.pipeline);
  for (const split of new Set([...Object.keys(before.data), ...Object.keys(now.data)])) {
    const difference = dataDifference(before.data[split], now.data[split]);
    if (difference !== undefined) lines.push(`data ${split}: ${difference}`);
  }
  compare('initial weights', before.initialWeights, now.initialWeights);
  compare('backend', before.backend, now.backend);
  compare('versions', before.versions, now.versions);
  const named = (plugins: readonly LockedPlugin[]) => new Map(plugins.map(plugin => [plugin.name, plugin]));
  const [old, current] = [named(before.plugins), named(now.plugins)];
  for (const name of new Set([...old.keys(), ...current.keys()]))
    compare(`plugin ${name}`, withoutPath(old.get(name)), withoutPath(current.get(name)));
  return lines;
}

/** The difference between the numbers of workers of two locks, if there is one. */
export function workersDifference({ workers: before = 1 }: Lock, { workers: now = 1 }: Lock): readonly string[] {
  return before === now ? [] : [`workers: was ${before}, is ${now}`];
}

/** A lock with other fingerprints of the splits that have as many images as before. */
export function withData(lock: Lock, data: DataFingerprints): Lock {
  const same = Object.entries(data).filter(([split, { images }]) => lock.data[split]?.images === images);
  return { ...lock, data: { ...lock.data, ...Object.fromEntries(same) } };
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

/** Removes the folder of a plugin, which does not affect results. */
function withoutPath(plugin: LockedPlugin | undefined): Partial<LockedPlugin> | undefined {
  return plugin && { ...plugin, path: undefined };
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
