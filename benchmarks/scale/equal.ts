/**
 * Weights of two trainings compared, for every method of pipelines/*-fashion-mnist-mini.yaml: one of several workers over MPI,
 * and one of one worker with the joined batch. Prints the largest difference of a weight after the first step and after the
 * last. The third figure says what rounding alone does: one worker on TensorFlow and one on WebAssembly, after the last step.
 * The network is narrower and the batch smaller than in the pipelines; every worker has other images.
 *
 *     mpirun -n 2 --bind-to none node --import tsx benchmarks/scale/equal.ts [--steps 20] [--batch 64] [--rate 0.0001] [METHOD ...]
 */
import { decodeSafetensors, type Collective } from '@carl-ssl/core';
import { activateBackend, loadPipeline, openPipeline, startRun } from '@carl-ssl/core/host';
import { singleProcess } from '@carl-ssl/core/testing';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { IMAGES, joinWorkers, root } from './workers.js';

const LIMIT = 1e-5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '20' },
    batch: { type: 'string', default: '64' },
    // At the rates of the pipelines, a narrow network on small batches is chaotic: every rounding error grows.
    rate: { type: 'string', default: '0.0001' },
  },
});

interface Training {
  readonly collective: Collective;
  readonly backend: 'tensorflow' | 'wasm';
  readonly steps: number;
}

/** Methods whose encoder has no width to make smaller. */
const OF_TRANSFORMERS = ['ibot', 'simmim', 'vicregl'];

/** Fewer clusters than the images of a step, and a rate for gradients that are thousands of times larger. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'deepcluster-v2': ['assigner.clusters=[8, 16]'],
  'barlow-twins': ['optimizer.learningRate=0.0000001'],
};

const settings = (method: string, { backend, steps }: Training): string[] => [
  `data={ use: files, train: { use: subset, count: ${steps * Number(values.batch)}, of: { use: idx, images: ${IMAGES} } } }`,
  `backend={ use: ${backend}, threads: 1 }`,
  'evaluate=[]',
  `trainer.batchSize=${values.batch}`,
  'trainer.epochs=1',
  'schedule={ use: constant }',
  `optimizer.learningRate=${values.rate}`,
  ...(OF_TRANSFORMERS.includes(method) ? [] : ['encoder.width=4']),
  ...(OTHERS[method] ?? []),
];

type Weights = Readonly<Record<string, ArrayLike<number>>>;

async function trained(method: string, path: string, training: Training): Promise<void> {
  const { collective } = training;
  const file = join(root, 'pipelines', `${method}-fashion-mnist-mini.yaml`);
  const loaded = await loadPipeline(file, { collective, set: settings(method, training) });
  const backend = await activateBackend(loaded.pipeline.backend, loaded.catalogue);
  const { experiment } = await openPipeline(loaded);
  const { signal } = new AbortController();
  await startRun(experiment, path, { backend, source: loaded.source, observers: [], signal, viewThreads: 0 });
}

function weightsOf(run: string): Weights {
  const folder = join(run, 'checkpoints');
  const file = join(folder, readdirSync(folder).sort().at(-1)!, 'weights.safetensors');
  const { tensors } = decodeSafetensors(readFileSync(file), file);
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}

/** Largest difference of two values with the same name and place. */
function difference(a: Weights, b: Weights): { readonly value: number; readonly name: string } {
  let worst = { value: 0, name: '' };
  for (const [name, values] of Object.entries(a))
    for (let i = 0; i < values.length; i++) {
      const value = Math.abs(values[i] - b[name][i]);
      // A value that is not a number differs.
      if (!(value <= worst.value)) worst = { value, name };
    }
  return worst;
}

const collective = joinWorkers();
const first = collective.rank === 0;
const methods = readdirSync(join(root, 'pipelines'))
  .filter(name => name.endsWith('-fashion-mnist-mini.yaml'))
  .map(name => name.replace('-fashion-mnist-mini.yaml', ''))
  .filter(name => positionals.length === 0 || positionals.includes(name));
const steps = Number(values.steps);
// The same folder on all workers, which run on one machine.
const place = join(tmpdir(), `carl-equal-${process.ppid}`);

/** Weights after a training of all workers; of the other workers, none. */
async function together(method: string, count: number): Promise<Weights> {
  const path = join(place, `${method}-${count}`);
  await trained(method, path, { collective, backend: 'tensorflow', steps: count });
  return first ? weightsOf(path) : {};
}

async function alone(method: string, count: number, backend: Training['backend']): Promise<Weights> {
  const path = join(mkdtempSync(join(place, 'alone-')), method);
  await trained(method, path, { collective: singleProcess, backend, steps: count });
  return weightsOf(path);
}

if (first) mkdirSync(place, { recursive: true });
let failed = 0;
for (const method of methods) {
  const workers = [await together(method, 1), await together(method, steps)];
  if (!first) continue;
  const one = [await alone(method, 1, 'tensorflow'), await alone(method, steps, 'tensorflow')];
  const found = [0, 1].map(i => difference(one[i], workers[i]));
  const rounding = difference(one[1], await alone(method, steps, 'wasm'));
  if (!(found[1].value <= LIMIT)) failed += 1;
  const figures = [...found, rounding].map(({ value }) => value.toExponential(1).padStart(9)).join('');
  process.stdout.write(`${method.padEnd(22)}${figures}  ${found[1].value <= LIMIT ? '' : found[1].name}\n`);
}
await collective.close?.();
if (first) {
  rmSync(place, { recursive: true, force: true });
  const [all, some] = [methods.length, methods.length - failed];
  process.stdout.write(`${some} of ${all} methods within ${LIMIT} after ${steps} steps, ${collective.size} workers\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
