import { createHash } from 'node:crypto';
import { arch, cpus, platform } from 'node:os';
import type { BackendFingerprint } from '../contracts/backend.js';
import { tf } from '../tensor/tf.js';
import type { DataFingerprints } from './data-fingerprints.js';
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

/** A lock with other fingerprints of the splits that have as many images as before. */
export function withData(lock: Lock, data: DataFingerprints): Lock {
  const same = Object.entries(data).filter(([split, { images }]) => lock.data[split]?.images === images);
  return { ...lock, data: { ...lock.data, ...Object.fromEntries(same) } };
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
