/**
 * Images per second of one worker, of one with two threads, of two that share each batch, of two with a batch of that size each,
 * and of two trainings that have nothing to do with each other, which is as fast as two workers could be. All other processes have one
 * thread; all alternate in one run. ResNet-18 of CARL on images of 32x32 pixels. Prints the medians over rounds.
 *
 *     node --import tsx benchmarks/scale/throughput.ts [--width 16] [--batch 128] [--rounds 3] [--precision bf16]
 */
import { activateBackend, loadPipeline, openPipeline, startRun } from '@carl-ssl/core/host';
import type { Observer } from '@carl-ssl/core';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { ENVIRONMENT, IMAGES, joinWorkers, root } from './workers.js';

const file = fileURLToPath(import.meta.url);
const { values } = parseArgs({
  options: {
    width: { type: 'string', default: '16' },
    batch: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '3' },
    precision: { type: 'string', default: 'float32' },
    threads: { type: 'string', default: '1' },
    folder: { type: 'string' },
  },
});
const WARM = 4;
const STEPS = 20;

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

/** Trains as a worker, and prints the images per second of all workers together. */
async function train(folder: string): Promise<void> {
  const collective = joinWorkers();
  const set = [
    `data={ use: files, train: { use: subset, count: ${(WARM + STEPS) * Number(values.batch)}, of: { use: idx, images: ${IMAGES} } } }`,
    'augmenter={ use: simclr-views, size: 32 }',
    `encoder={ use: resnet, block: basic, layers: [2, 2, 2, 2], width: ${values.width}, stem: small }`,
    `backend={ use: tensorflow, threads: ${values.threads} }`,
    'evaluate=[]',
    `trainer.batchSize=${values.batch}`,
    `trainer.precision=${values.precision}`,
    'trainer.epochs=1',
  ];
  const loaded = await loadPipeline(join(root, 'pipelines/carl-fashion-mnist-mini.yaml'), { collective, set });
  const backend = await activateBackend(loaded.pipeline.backend, loaded.catalogue);
  const { experiment } = await openPipeline(loaded);
  // Single steps say little: their numbers are read some steps later.
  const times: number[] = [];
  const observer: Observer = { onStep: ({ step }) => (times[step] = performance.now()) };
  const { signal } = new AbortController();
  const observers = collective.rank === 0 ? [observer] : [];
  await startRun(experiment, folder, { backend, source: loaded.source, observers, signal, viewThreads: 0 });
  const seconds = (times[WARM + STEPS] - times[WARM]) / 1000;
  if (collective.rank === 0) process.stdout.write(`rate ${(STEPS * Number(values.batch)) / seconds}\n`);
  await collective.close?.();
}

async function rateOf(workers: number, batch: number, threads = 1): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'carl-throughput-'));
  const { width, precision } = values;
  const training = ['--width', width, '--precision', precision, '--batch', String(batch), '--threads', String(threads)];
  const own = [...training, '--folder', join(folder, 'run')];
  const program = [process.execPath, '--import', 'tsx', file, ...own];
  const command = ['-n', String(workers), '--bind-to', 'none', ...program];
  const { stdout } = await promisify(execFile)('mpirun', command, { env: ENVIRONMENT, cwd: root });
  rmSync(folder, { recursive: true, force: true });
  return Number(/rate ([\d.]+)/.exec(stdout)![1]);
}

/** Two trainings at the same time. */
async function apart(batch: number): Promise<number> {
  const both = await Promise.all([rateOf(1, batch), rateOf(1, batch)]);
  return both[0] + both[1];
}

const batch = Number(values.batch);
const measured: Readonly<Record<string, () => Promise<number>>> = {
  [`1 worker, batches of ${batch}`]: () => rateOf(1, batch),
  [`1 worker with 2 threads, batches of ${batch}`]: () => rateOf(1, batch, 2),
  [`2 workers, batches of ${batch}`]: () => rateOf(2, batch),
  [`2 workers, batches of ${2 * batch}`]: () => rateOf(2, 2 * batch),
  [`2 trainings at once, batches of ${batch}`]: () => apart(batch),
};

async function measure(): Promise<void> {
  const rates = Object.fromEntries(Object.keys(measured).map(name => [name, [] as number[]]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [name, rate] of Object.entries(measured)) rates[name].push(await rate());
  const [one] = Object.values(rates).map(median);
  process.stdout.write(`width ${values.width}, ${values.precision}, images/s:\n`);
  for (const [name, all] of Object.entries(rates)) {
    const each = all.map(rate => rate.toFixed(0)).join(', ');
    process.stdout.write(`${name}: ${median(all).toFixed(0)} (${each}), ${(median(all) / one).toFixed(2)} times\n`);
  }
}

await (values.folder ? train(values.folder) : measure());
