/**
 * Images per second of one worker and of two, each with one thread, alternating in one run: ResNet-18 of CARL on images of
 * 32x32 pixels. Prints the medians over rounds and their ratio.
 *
 *     node --import tsx benchmarks/scale/throughput.ts [--width 16] [--batch 128] [--rounds 3]
 */
import { activateBackend, loadPipeline, openPipeline, startRun } from '@carl-ssl/core/host';
import type { Observer } from '@carl-ssl/core';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ENVIRONMENT, IMAGES, joinWorkers, root } from './workers.js';

const file = fileURLToPath(import.meta.url);
const { values } = parseArgs({
  options: {
    width: { type: 'string', default: '16' },
    batch: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '3' },
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
    'backend={ use: tensorflow, threads: 1 }',
    'evaluate=[]',
    `trainer.batchSize=${values.batch}`,
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

function rateOf(workers: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'carl-throughput-'));
  const own = ['--width', values.width, '--batch', values.batch, '--folder', join(folder, 'run')];
  const program = [process.execPath, '--import', 'tsx', file, ...own];
  const output = execFileSync('mpirun', ['-n', String(workers), '--bind-to', 'none', ...program], {
    env: ENVIRONMENT,
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  rmSync(folder, { recursive: true, force: true });
  return Number(/rate ([\d.]+)/.exec(output)![1]);
}

if (values.folder) {
  await train(values.folder);
} else {
  const rates: Record<1 | 2, number[]> = { 1: [], 2: [] };
  for (let round = 0; round < Number(values.rounds); round++)
    for (const workers of [1, 2] as const) rates[workers].push(rateOf(workers));
  const [one, two] = [median(rates[1]), median(rates[2])];
  process.stdout.write(
    `width ${values.width}, batch ${values.batch}: 1 worker ${one.toFixed(0)} images/s (${rates[1].map(r => r.toFixed(0)).join(', ')}), 2 workers ${two.toFixed(0)} images/s (${rates[2].map(r => r.toFixed(0)).join(', ')}): ${(two / one).toFixed(2)} times\n`,
  );
}
