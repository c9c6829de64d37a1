import type { Pipeline } from '../schema/skeleton.js';
import type { CheckpointPlace } from '../train/checkpoint.js';
import type { DataFingerprints } from './data-fingerprints.js';
import { hashOf, type Lock } from './lock.js';
import type { BackendChange, EpochsChange, RunChange, WorkersChange } from './run-change.js';

/** Extensions of a run to more epochs, oldest first. */
export function extensionsOf({ changes = [] }: Lock): readonly EpochsChange[] {
  return changes.filter(change => change.kind === 'epochs');
}

/** Steps at which data of a run changed. */
export function dataChangesOf({ changes = [] }: Lock): readonly number[] {
  return changes.flatMap(({ kind, step }) => (kind === 'data' ? [step] : []));
}

/** Changes of a run to another backend, oldest first. */
export function backendChangesOf({ changes = [] }: Pick<Lock, 'changes'>): readonly BackendChange[] {
  return changes.filter(change => change.kind === 'backend');
}

/** Changes of a run to another number of workers, oldest first. */
export function workersChangesOf({ changes = [] }: Pick<Lock, 'changes'>): readonly WorkersChange[] {
  return changes.filter(change => change.kind === 'workers');
}

/** Name of the backend that a run was trained on last. */
export function lastBackend(lock: Pick<Lock, 'backend' | 'changes'>): string {
  return backendChangesOf(lock).at(-1)?.to ?? lock.backend.name;
}

/** SHA-256 of the pipelines that a run had before it was extended; checkpoints of that time name them. */
export function earlierPipelines(lock: Lock): readonly string[] {
  return extensionsOf(lock).map(({ pipeline }) => pipeline);
}

/** A checkpoint of a run, with the pipelines that it may be of. */
export function checkpointPlace(folder: string, lock: Lock): CheckpointPlace {
  return { folder, pipeline: lock.pipeline, earlier: earlierPipelines(lock) };
}

/** The pipeline of a run from its `pipeline.json`, which an interruption may have left as it was before an extension. */
export function currentPipeline(stored: Pipeline, lock: Lock): Pipeline {
  const last = extensionsOf(lock).at(-1);
  return hashOf(stored) === last?.pipeline ? withEpochs(stored, last.to) : stored;
}

/** A resolved pipeline with another number of epochs. */
export function withEpochs(pipeline: Pipeline, epochs: number): Pipeline {
  return { ...pipeline, trainer: { ...pipeline.trainer, epochs } };
}

/** Lock of a run that is extended after a step. */
export function extendedLock(lock: Lock, pipeline: Pipeline, { to, step }: { to: number; step: number }): Lock {
  const from = pipeline.trainer.epochs;
  const change = { kind: 'epochs', step, date: now(), from, to, pipeline: lock.pipeline } as const;
  return { ...withChange(lock, change), pipeline: hashOf(withEpochs(pipeline, to)) };
}

/** Lock of a run whose data changed after a step. */
export function lockWithData(lock: Lock, data: DataFingerprints, { step, changed }: DataChangeFound): Lock {
  if (changed.length === 0) return { ...lock, data };
  const before = Object.fromEntries(changed.map(split => [split, lock.data[split]]));
  return { ...withChange(lock, { kind: 'data', step, date: now(), data: before }), data };
}

/** Lock of a run that continues on a backend, which may be another one, after a step. */
export function lockWithBackend(lock: Lock, to: string, step: number): Lock {
  const from = lastBackend(lock);
  return from === to ? lock : withChange(lock, { kind: 'backend', step, date: now(), from, to });
}

/** Lock of a run that is continued after a step by a number of workers, which may be another one. */
export function lockWithWorkers(lock: Lock, to: number, step: number): Lock {
  const { workers: from = 1 } = lock;
  return from === to ? lock : { ...withChange(lock, { kind: 'workers', step, date: now(), from, to }), workers: to };
}

interface DataChangeFound {
  readonly step: number;
  /** Splits whose content differs. */
  readonly changed: readonly string[];
}

function withChange(lock: Lock, change: RunChange): Lock {
  return { ...lock, changes: [...(lock.changes ?? []), change] };
}

function now(): string {
  return new Date().toISOString();
}
