import type { Observer, StepReport, Warning } from '@carl-ssl/core';
import {
  assemble,
  loadPipeline,
  openData,
  resumeRun,
  RunDirectory,
  startRun,
  type TrainingResult,
  type TrainRunOptions,
} from '@carl-ssl/core/host';
import { hashOf, useKernels } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Trainings of a few seconds on stripes, for tests of what surrounds them. */

const plugin = fileURLToPath(new URL('../samples/plugins/tiny.mjs', import.meta.url));

/** A real network, as small as it gets. */
export const smallResnet = { use: 'resnet', block: 'basic', layers: [1, 1, 1, 1], width: 2, stem: 'small' };

/** The keys of a tiny pipeline; a key given replaces the whole value. */
export function tinyPipeline(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const packages = ['carl', 'heads', 'augment', 'optim', 'evaluate'].map(name => `@carl-ssl/${name}`);
  return {
    name: 'tiny',
    plugins: [...packages, ...(changes.encoder === smallResnet ? ['@carl-ssl/resnet'] : []), plugin],
    backend: 'cpu',
    data: 'stripes',
    augmenter: { use: 'simclr-views', size: 8, blur: 0, strength: 0.5, minScale: 0.3 },
    encoder: 'flat',
    head: {
      use: 'mlp-head',
      layers: [
        { units: 12, bias: false, norm: 'batch', activation: 'relu' },
        { units: 8, bias: false, norm: 'batch' },
      ],
    },
    assigner: { use: 'prototypes', count: 8, temperature: 0.1 },
    objective: { use: 'carl', entropyWeight: { from: 5, to: 1 } },
    optimizer: { use: 'sgd', learningRate: 0.05, momentum: 0.9 },
    schedule: 'cosine',
    trainer: { epochs: 3, batchSize: 16 },
    ...changes,
  };
}

/** A folder that is gone after the tests of the `describe` it is asked for in. */
export function temporaryFolder(): { readonly path: string; within: (...names: string[]) => string } {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'carl-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get path() {
      return folder;
    },
    within: (...names) => join(folder, ...names),
  };
}

/** Writes a pipeline; JSON is YAML. */
export function writePipeline(file: string, changes?: Readonly<Record<string, unknown>>): string {
  writeFileSync(file, JSON.stringify(tinyPipeline(changes), null, 2));
  return file;
}

export const cpu = { name: 'cpu', versions: {}, threads: 1, flags: {} };

/** The plain JavaScript backend, with nothing fused. */
export async function onCpu(): Promise<void> {
  useKernels({});
  await tf.setBackend('cpu');
}

export interface Trained extends TrainingResult {
  readonly run: RunDirectory;
  readonly reports: readonly StepReport[];
  readonly warnings: readonly Warning[];
}

export interface TrainingAsk {
  readonly changes?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  /** Is told of everything, and may abort. */
  readonly observer?: (abort: () => void) => Observer;
  readonly viewThreads?: number;
}

/** Trains in this process, into a folder or on in it if it is there, and keeps what it is told. */
export async function trainTiny(path: string, ask: TrainingAsk = {}): Promise<Trained> {
  const reports: StepReport[] = [];
  const warnings: Warning[] = [];
  const own: Observer = { onStep: report => reports.push(report), onWarning: warning => warnings.push(warning) };
  const result = await train(path, ask, [own]);
  return { ...result, run: await RunDirectory.open(path), reports, warnings };
}

/** Does the same and keeps nothing. */
export async function trainTinyUnseen(path: string, ask: TrainingAsk = {}): Promise<void> {
  await train(path, ask, []);
}

async function train(path: string, ask: TrainingAsk, observers: readonly Observer[]): Promise<TrainingResult> {
  const { changes, seed, observer, viewThreads } = ask;
  const loaded = await loadPipeline(writePipeline(`${path}.yaml`, changes), { seed });
  const experiment = await openData(assemble(loaded));
  const controller = new AbortController();
  const options: TrainRunOptions = {
    backend: cpu,
    observers: [...observers, ...(observer ? [observer(() => controller.abort())] : [])],
    signal: controller.signal,
    ...(viewThreads !== undefined && { viewThreads }),
  };
  return existsSync(path)
    ? resumeRun(experiment, await RunDirectory.open(path), options)
    : startRun(experiment, path, { ...options, source: loaded.source });
}

/** Everything a training leaves that must not depend on how often it was stopped: metrics and all checkpoints, byte by byte. */
export function remains(run: string): Record<string, string> {
  const checkpoints = join(run, 'checkpoints');
  const files = readdirSync(checkpoints, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const read = (path: string): string => readFileSync(path).toString('base64');
  return Object.fromEntries([
    ['metrics.jsonl', readFileSync(join(run, 'metrics.jsonl'), 'utf8')],
    ...files.map(({ parentPath, name }) => [
      join(parentPath, name).slice(checkpoints.length),
      read(join(parentPath, name)),
    ]),
  ]) as Record<string, string>;
}

/** Writes another resolved pipeline into a run, as if the run had been trained with it. */
export function replacePipeline(run: string, pipeline: object): void {
  writeFileSync(join(run, 'pipeline.json'), JSON.stringify(pipeline));
  const file = join(run, 'lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as object;
  const hash = hashOf(pipeline);
  writeFileSync(file, JSON.stringify({ ...lock, pipeline: hash }));
  for (const name of readdirSync(join(run, 'checkpoints'))) reseal(join(run, 'checkpoints', name), { pipeline: hash });
}

/** Changes the description of a checkpoint and its checksum with it. */
export function reseal(checkpoint: string, changes: object): void {
  const file = join(checkpoint, 'checkpoint.json');
  const { sha256: _, ...description } = JSON.parse(readFileSync(file, 'utf8')) as { readonly sha256: string };
  const changed = { ...description, ...changes };
  const sha256 = createHash('sha256').update(JSON.stringify(changed)).digest('hex');
  writeFileSync(file, JSON.stringify({ ...changed, sha256 }));
}
