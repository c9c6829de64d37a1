import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Variable } from '@tensorflow/tfjs-core';
import { CarlError } from '../errors/carl-error.js';
import type { FileDigest } from '../files/growing-digest.js';
import { readRegular, readText } from '../files/regular-file.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../tensor/safetensors.js';
import { tf } from '../tensor/tf.js';
import type { Model } from './model.js';
import { PROBE } from './probe.js';
import type { RunLog } from './run-log.js';
import { jsonText } from '../text/json-text.js';

/** Position of a training. All randomness is a function of the seed and the position, so no generator state is saved. */
interface Position {
  /** Optimizer steps done. */
  readonly step: number;
}

interface CheckpointFile {
  readonly format: 1;
  readonly step: number;
  readonly pipeline?: string;
  readonly metrics?: FileDigest;
  /** Updates each parameter has had. */
  readonly updates: Readonly<Record<string, number>>;
  /** State of the monitor. */
  readonly monitor: unknown;
  /** SHA-256 of every other file. */
  readonly files: Readonly<Record<string, string>>;
}

/** The file on disk: the description and the SHA-256 of its JSON. */
type SealedFile = CheckpointFile & { readonly sha256: string };

/** Content of a checkpoint besides tensors. */
export interface CheckpointInfo extends Position {
  /** SHA-256 of the run's pipeline, seed included. Checkpoints of earlier versions have none. */
  readonly pipeline?: string;
  /** The run's metrics when the checkpoint was saved. Checkpoints of earlier versions have none. */
  readonly metrics?: FileDigest;
  readonly monitor: unknown;
}

/**
 * Writes everything needed to continue with the same numbers.
 * @throws CarlError DISK, TRAIN_NOT_FINITE if the model has values that are not finite
 */
export async function saveCheckpoint(
  run: Pick<RunLog, 'writeCheckpoint'>,
  model: Model,
  info: CheckpointInfo,
): Promise<void> {
  const groups = Object.entries(await tensorsOf(model));
  for (const [, tensors] of groups) assertFinite(ofNetwork(tensors), info.step);
  const files = Object.fromEntries(
    groups.map(([name, tensors]) => [`${name}.safetensors`, encodeSafetensors(tensors)]),
  );
  const description: CheckpointFile = {
    format: 1,
    ...info,
    updates: Object.fromEntries(model.updates),
    files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)])),
  };
  const sealed: SealedFile = { ...description, sha256: sealOf(description) };
  await run.writeCheckpoint(info.step, { ...files, 'checkpoint.json': jsonText(sealed) });
}

/** All tensors but those of the online probe, which may diverge without an effect on the training. */
function ofNetwork(tensors: Readonly<Record<string, StoredTensor>>): Readonly<Record<string, StoredTensor>> {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.startsWith(`${PROBE}.`)));
}

/** An update can overflow although loss and gradient were finite. The next step would show it only after the checkpoint is saved. */
function assertFinite(tensors: Readonly<Record<string, StoredTensor>>, step: number): void {
  const name = Object.keys(tensors).find(key => !tensors[key].data.every(Number.isFinite));
  if (name === undefined) return;
  throw new CarlError(
    'TRAIN_NOT_FINITE',
    `step ${step}: ${name} became infinite or not a number in the update, so no checkpoint was written. ` +
      'Lower optimizer.learningRate or set trainer.clipNorm.',
  );
}

function sealOf(description: CheckpointFile): string {
  return sha256(new TextEncoder().encode(JSON.stringify(description)));
}

/** A checkpoint's folder, and the SHA-256 of the pipeline of the run that it must belong to. */
export interface CheckpointPlace {
  readonly folder: string;
  readonly pipeline: string;
  /** SHA-256 of the pipelines that the run had before it was extended. */
  readonly earlier?: readonly string[];
}

/** Loads a checkpoint into a model. @throws CarlError INPUT_RUN naming the damaged file, INPUT_WEIGHTS */
export async function loadCheckpoint(place: CheckpointPlace, model: Model): Promise<CheckpointInfo> {
  const { folder, pipeline } = place;
  const description = await readDescription(place);
  const read = async (name: string): Promise<Readonly<Record<string, StoredTensor>>> =>
    readTensors(folder, name, description);
  model.student.load(await read('weights'), join(folder, 'weights.safetensors'));
  model.teacher?.load(await read('teacher'), join(folder, 'teacher.safetensors'));
  model.probe?.load(await read(PROBE), join(folder, `${PROBE}.safetensors`));
  for (const [name, variables] of groupsOf(model))
    restore(variables, await read(name), join(folder, `${name}.safetensors`));
  for (const name of model.updates.keys()) model.updates.set(name, description.updates[name] ?? 0);
  const { step, monitor, metrics } = description;
  return { step, pipeline, monitor, ...(metrics && { metrics }) };
}

/** All weights of a network of a checkpoint, as stored. @throws CarlError INPUT_RUN */
export async function loadWeights(
  place: CheckpointPlace,
  network: 'student' | 'teacher' = 'student',
): Promise<Readonly<Record<string, StoredTensor>>> {
  return readTensors(place.folder, network === 'student' ? 'weights' : 'teacher', await readDescription(place));
}

/** What `checkpoint.json` says of a checkpoint. */
export type CheckpointSummary = Pick<CheckpointFile, 'step' | 'pipeline' | 'files'>;

/** Reads the description of the checkpoint in a folder, whatever run it is of. @throws CarlError INPUT_RUN */
export async function describeCheckpoint(folder: string): Promise<CheckpointSummary> {
  return readSealed(join(folder, 'checkpoint.json'));
}

async function tensorsOf(model: Model): Promise<Record<string, Readonly<Record<string, StoredTensor>>>> {
  const files: Record<string, Readonly<Record<string, StoredTensor>>> = { weights: await model.student.save() };
  if (model.teacher) files.teacher = await model.teacher.save();
  if (model.probe) files[PROBE] = await model.probe.save();
  for (const [name, variables] of groupsOf(model)) files[name] = await stored(variables);
  return files;
}

/** Variables that are neither the student's nor the teacher's weights, by file. */
function groupsOf(model: Model): [string, ReadonlyMap<string, Variable>][] {
  const slots = [...model.slots].flatMap(([parameter, group]) =>
    Object.entries(group).map(([slot, variable]): [string, Variable] => [`${parameter}.${slot}`, variable]),
  );
  const state = [
    ...Object.entries(model.assignerState).map(([name, value]): [string, Variable] => [`assigner.${name}`, value]),
    ...Object.entries(model.objectiveState).map(([name, value]): [string, Variable] => [`objective.${name}`, value]),
  ];
  return [
    ['optimizer', new Map(slots)],
    ['state', new Map(state)],
  ];
}

async function stored(variables: ReadonlyMap<string, Variable>): Promise<Record<string, StoredTensor>> {
  const tensors: Record<string, StoredTensor> = {};
  for (const [name, variable] of variables) {
    const data = await variable.data();
    tensors[name] =
      variable.dtype === 'int32'
        ? { dtype: 'I32', shape: variable.shape, data: data as Int32Array }
        : { dtype: 'F32', shape: variable.shape, data: data as Float32Array };
  }
  return tensors;
}

function restore(
  variables: ReadonlyMap<string, Variable>,
  tensors: Readonly<Record<string, StoredTensor>>,
  file: string,
): void {
  for (const [name, variable] of variables) {
    if (!Object.hasOwn(tensors, name) || tensors[name].shape.join() !== variable.shape.join())
      throw new CarlError(
        'INPUT_RUN',
        `${file}: ${name} [${variable.shape.join(', ')}] is missing or has another shape. The pipeline must be the one that made the run.`,
      );
    const value = tf.tensor(tensors[name].data, variable.shape, variable.dtype);
    variable.assign(value as Variable);
    value.dispose();
  }
}

async function readDescription(place: CheckpointPlace): Promise<CheckpointFile> {
  const description = await readSealed(join(place.folder, 'checkpoint.json'));
  assertInPlace(description, place);
  return description;
}

async function readSealed(file: string): Promise<CheckpointFile> {
  try {
    const stored = JSON.parse(await readText(file)) as SealedFile | null;
    if (stored?.format !== 1) throw new Error(`its format is ${String(stored?.format)}, not 1`);
    const { sha256: seal, ...description } = stored;
    if (sealOf(description) !== seal) throw new Error('its content was changed after it was saved');
    return description;
  } catch (error) {
    throw damaged(file, error);
  }
}

/** The folder's name has the step, and the run has one pipeline with one seed. @throws CarlError INPUT_RUN */
function assertInPlace({ step, pipeline }: CheckpointFile, place: CheckpointPlace): void {
  const named = Number(/^step-(\d+)$/.exec(basename(place.folder))?.[1] ?? step);
  if (named !== step)
    throw new CarlError(
      'INPUT_RUN',
      `${place.folder}: this checkpoint was saved at step ${step}, and its folder was renamed. Give it its name back, or delete it.`,
    );
  if (pipeline !== undefined && ![place.pipeline, ...(place.earlier ?? [])].includes(pipeline))
    throw new CarlError(
      'INPUT_RUN',
      `${place.folder}: this checkpoint is of a run with another pipeline or seed. Delete its folder to use the one before.`,
    );
}

async function readTensors(folder: string, name: string, { files }: CheckpointFile) {
  const file = join(folder, `${name}.safetensors`);
  const bytes = await readRegular(file).catch((error: unknown) => {
    throw damaged(file, error);
  });
  if (sha256(bytes) !== files[`${name}.safetensors`])
    throw damaged(file, new Error('its SHA-256 is not the one in checkpoint.json'));
  return decodeSafetensors(bytes, file).tensors;
}

function damaged(file: string, cause: unknown): CarlError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CarlError(
    'INPUT_RUN',
    `${file}: this checkpoint is damaged: ${reason}. Delete its folder to use the previous checkpoint.`,
    { cause },
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
