/**
 * Compares what `carl plan` says of the evaluation on labelled JPEGs with its duration and peak memory, and measures how soon
 * Ctrl-C ends it:
 *
 *     npx tsx benchmarks/evaluation/photographs.ts
 */
import { activateBackend, assemble, evaluateRun, loadPipeline, openData, RunDirectory } from '@carl-ssl/core/host';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from '../compare/child.js';
import { thisMachine } from '../compare/machine.js';
import { writePhotographs } from './write-photographs.js';

const CARL = 'core/bin/carl.js';
const CLASSES = 10;

interface Case {
  readonly name: string;
  readonly images: number;
  readonly width: number;
  readonly height: number;
  /** Side of the views. */
  readonly size: number;
  readonly batchSize: number;
  readonly encoder: object;
}

const CASES: readonly Case[] = [
  {
    ...{ name: '2,000 images of 64x64', images: 2000, width: 64, height: 64, size: 64, batchSize: 128 },
    encoder: { use: 'resnet', depth: 18, width: 32, stem: 'small' },
  },
  {
    ...{
      name: '300 images of 500x375, views of 224x224',
      images: 300,
      width: 500,
      height: 375,
      size: 224,
      batchSize: 32,
    },
    encoder: { use: 'resnet', depth: 18, width: 32 },
  },
];

/** A pipeline of a few steps. */
function pipelineOf({ size, batchSize, encoder }: Case, root: string): object {
  return {
    name: 'photographs',
    plugins: ['contrastive', 'resnet', 'heads', 'augment', 'optim', 'evaluate', 'data-image-folder'].map(
      name => `@carl-ssl/${name}`,
    ),
    data: { use: 'image-folder', root, validation: 0.1, test: 0.1 },
    augmenter: { use: 'simclr-views', size },
    encoder,
    head: { use: 'mlp-head', layers: [{ units: 64 }] },
    objective: 'nt-xent',
    optimizer: { use: 'sgd', learningRate: 0.05 },
    schedule: 'constant',
    trainer: { epochs: 1, batchSize },
    evaluate: ['knn', 'linear'],
  };
}

/** Evaluates a run in this process and prints the seconds. */
async function evaluateHere(pipeline: string, path: string): Promise<void> {
  const loaded = await loadPipeline(pipeline);
  await activateBackend(loaded.pipeline.backend, loaded.catalogue);
  const experiment = await openData(assemble(loaded));
  const run = await RunDirectory.open(path);
  const [start, before] = [performance.now(), process.cpuUsage()];
  const results = await evaluateRun(experiment, run, { network: undefined });
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, trained: results.trained }));
}

/** Seconds from Ctrl-C during the evaluation to the end of the process, and its status. */
async function interrupted(run: string): Promise<{ seconds: number; status: number | null }> {
  const child = spawn('node', [CARL, 'evaluate', run], { stdio: ['ignore', 'ignore', 'pipe'] });
  let pressed = NaN;
  child.stderr.on('data', (text: Buffer) => {
    if (!Number.isNaN(pressed) || !/knn|linear/.test(text.toString())) return;
    pressed = performance.now();
    child.kill('SIGINT');
  });
  const status = await new Promise<number | null>(resolve => child.on('close', resolve));
  return { seconds: (performance.now() - pressed) / 1000, status };
}

async function measured(one: Case, folder: string) {
  const [images, run, pipeline] = ['images', 'run', 'pipeline.yaml'].map(name => join(folder, name));
  await writePhotographs(images, { ...one, classes: CLASSES });
  writeFileSync(pipeline, JSON.stringify(pipelineOf(one, images)));
  const options = { encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const plan = JSON.parse(execFileSync('node', [CARL, 'plan', pipeline, '--format', 'json'], options)) as {
    evaluation: { seconds: number; peakBytes: number };
  };
  execFileSync('node', [CARL, 'train', pipeline, '--out', run, '--quiet'], options);
  const here = fileURLToPath(import.meta.url);
  const { lines, peakMiB = NaN } = await runChild(['node', '--import', 'tsx', here, pipeline, run]);
  const [{ seconds, cpuSeconds }] = lines as readonly [{ seconds: number; cpuSeconds: number }];
  const { evaluation } = plan;
  return {
    name: one.name,
    seconds: {
      planned: rounded(evaluation.seconds),
      measured: rounded(seconds),
      ratio: rounded(evaluation.seconds / seconds),
      ofAllCores: rounded(cpuSeconds),
    },
    peakMiB: {
      planned: Math.round(evaluation.peakBytes / 2 ** 20),
      measured: peakMiB,
      ratio: rounded(evaluation.peakBytes / 2 ** 20 / peakMiB),
    },
    interruption: await interrupted(run),
    trained: lines[0].trained,
  };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

async function main(): Promise<void> {
  const rows = [];
  const machine = thisMachine();
  for (const one of CASES) {
    const folder = mkdtempSync(join(tmpdir(), 'photographs-'));
    try {
      rows.push(await measured(one, folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    console.log(JSON.stringify(rows.at(-1), null, 2));
  }
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync('benchmarks/results', { recursive: true });
  const record = { benchmark: 'photographs', date, machine, rows };
  writeFileSync(`benchmarks/results/${date}-photographs.json`, `${JSON.stringify(record, null, 2)}\n`);
}

const [pipeline, run] = process.argv.slice(2);
await (run === undefined ? main() : evaluateHere(pipeline, run));
