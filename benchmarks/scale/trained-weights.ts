/** Short trainings of the pipelines for Fashion-MNIST, smaller than in their files, and the weights that they end with. */
import type { Collective } from '@carl-ssl/core';
import { activateBackend, loadPipeline, openPipeline, startRun } from '@carl-ssl/core/host';
import { inFloat64 } from '@carl-ssl/core/testing';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGES, root } from './workers.js';

export interface Training {
  readonly collective: Collective;
  /** `float64` is plain JavaScript with numbers in double precision. */
  readonly arithmetic: 'tensorflow' | 'wasm' | 'float64';
  readonly steps: number;
  readonly batch: number;
  /** Learning rate; undefined for that of the pipeline. */
  readonly rate?: number;
  /** Every pixel is multiplied by 1 plus this, as if the images had another rounding. */
  readonly nudge?: number;
}

const ENDING = '-fashion-mnist-mini.yaml';

/** Names of all methods with a pipeline for Fashion-MNIST. */
export const METHODS = readdirSync(join(root, 'pipelines'))
  .filter(name => name.endsWith(ENDING))
  .map(name => name.replace(ENDING, ''));

/** Methods whose encoder has no width to make smaller. */
const OF_TRANSFORMERS = ['ibot', 'simmim', 'vicregl'];

/** Fewer clusters than the images of a step, and groups with images of all workers for small batches too. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'deepcluster-v2': ['assigner.clusters=[8, 16]'],
  'w-mse': ['head.layers=[{ units: 512, norm: batch, activation: relu }, { units: 8 }]', 'objective.groupSize=16'],
};

/** Share of the rate for gradients that are thousands of times larger. */
const SHARES: Readonly<Record<string, number>> = { 'barlow-twins': 1e-3 };

function settings(method: string, { arithmetic, steps, batch, rate, nudge }: Training): string[] {
  const backend = arithmetic === 'float64' ? '{ use: cpu }' : `{ use: ${arithmetic}, threads: 1 }`;
  return [
    `data={ use: files, train: { use: subset, count: ${steps * batch}, of: { use: idx, images: ${IMAGES} } } }`,
    `backend=${backend}`,
    'evaluate=[]',
    `trainer.batchSize=${batch}`,
    'trainer.epochs=1',
    'schedule={ use: constant }',
    ...(rate === undefined ? [] : [`optimizer.learningRate=${rate * (SHARES[method] ?? 1)}`]),
    ...(OF_TRANSFORMERS.includes(method) ? [] : ['encoder.width=4']),
    ...(nudge === undefined ? [] : ['augmenter.mean=[0]', `augmenter.std=[${1 / (1 + nudge)}]`]),
    ...(OTHERS[method] ?? []),
  ];
}

/** Trains into a new run directory. */
export async function trained(method: string, path: string, training: Training): Promise<void> {
  if (training.arithmetic === 'float64') await inFloat64(() => trainedInto(path, method, training));
  else await trainedInto(path, method, training);
}

async function trainedInto(path: string, method: string, training: Training): Promise<void> {
  const { collective } = training;
  const loaded = await loadPipeline(join(root, 'pipelines', `${method}${ENDING}`), {
    collective,
    set: settings(method, training),
  });
  const backend = await activateBackend(loaded.pipeline.backend, loaded.catalogue);
  const { experiment } = await openPipeline(loaded);
  const { signal } = new AbortController();
  await startRun(experiment, path, { backend, source: loaded.source, observers: [], signal, viewThreads: 0 });
}

export type Weights = Readonly<Record<string, ArrayLike<number>>>;

interface Entry {
  readonly data_offsets: readonly [number, number];
  readonly shape: readonly number[];
}

/** Weights of the last checkpoint. Numbers in double precision take eight bytes each, under the type of four bytes. */
export function weightsOf(run: string): Weights {
  const folder = join(run, 'checkpoints');
  const bytes = readFileSync(join(folder, readdirSync(folder).sort().at(-1)!, 'weights.safetensors'));
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, Entry>;
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return Object.fromEntries(tensors.map(([name, entry]) => [name, valuesOf(entry, bytes.subarray(start))]));
}

function valuesOf({ data_offsets: [begin, end], shape }: Entry, bytes: Buffer): ArrayLike<number> {
  const copy = new Uint8Array(bytes.subarray(begin, end)).buffer;
  const count = shape.reduce((product, length) => product * length, 1);
  return copy.byteLength === 8 * count ? new Float64Array(copy) : new Float32Array(copy);
}

/** Largest difference of two values with the same name and place. */
export function difference(a: Weights, b: Weights): { readonly value: number; readonly name: string } {
  let worst = { value: 0, name: '' };
  for (const [name, values] of Object.entries(a))
    for (let i = 0; i < values.length; i++) {
      const value = Math.abs(values[i] - b[name][i]);
      // A value that is not a number differs.
      if (!(value <= worst.value)) worst = { value, name };
    }
  return worst;
}
