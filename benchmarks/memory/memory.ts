/**
 * Compares what `carl plan` says of memory with the peak of a training's process, for networks of several kinds:
 *
 *     npx tsx benchmarks/memory/memory.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../compare/child.js';
import { thisMachine } from '../compare/machine.js';

const PIPELINE = 'benchmarks/training/simclr-fashion-mnist.yaml';
/** Enough steps for the peak: it comes in the first backward pass, and buffers are there from the first update on. */
const STEPS = 4;

interface Case {
  readonly name: string;
  readonly batch: number;
  readonly set: readonly string[];
}

const resnet = (width: number, more = '') => `encoder={use: resnet, depth: 18, width: ${width}, stem: cifar${more}}`;
const vit = (more = '') => `encoder={use: vit, imageSize: 28, patchSize: 4, layers: 6, heads: 4, dim: 128${more}}`;
const CHECKPOINTED = ', gradientCheckpointing: true';
const colour = 'augmenter={use: simclr-views, size: 32, blur: 0}';
const withVit =
  "plugins=['@carl-ssl/contrastive','@carl-ssl/vit','@carl-ssl/heads','@carl-ssl/augment','@carl-ssl/optim','@carl-ssl/data-fashion-mnist']";

const CASES: readonly Case[] = [
  { name: 'ResNet-18 width 16, 28x28x1', batch: 256, set: [resnet(16)] },
  { name: 'the same, checkpointed', batch: 256, set: [resnet(16, CHECKPOINTED)] },
  { name: 'ResNet-18 width 64, 32x32x1', batch: 64, set: [resnet(64), colour] },
  { name: 'the same, checkpointed', batch: 64, set: [resnet(64, CHECKPOINTED), colour] },
  { name: 'ViT of 6 blocks, width 128, 28x28x1', batch: 256, set: [withVit, vit()] },
  { name: 'the same, checkpointed', batch: 256, set: [withVit, vit(CHECKPOINTED)] },
];

const folder = mkdtempSync(join(tmpdir(), 'carl-memory-'));
const rows: { name: string; batch: number; planned: number; measured: number; ratio: number }[] = [];
for (const [index, { name, batch, set }] of CASES.entries()) {
  const values = [
    ...set,
    `trainer.batchSize=${batch}`,
    `data.validation=${60_000 - batch * STEPS}`,
    'trainer.epochs=1',
    'schedule.warmupEpochs=0',
  ].flatMap(value => ['--set', value]);
  const json = execFileSync('node', ['core/bin/carl.js', 'plan', PIPELINE, '--format', 'json', ...values]);
  const { peakBytes } = JSON.parse(json.toString()) as { peakBytes: number };
  const run = ['node', 'core/bin/carl.js', 'train', PIPELINE, '--quiet', '--out', join(folder, String(index))];
  const { peakMiB = NaN } = await runChild([...run, ...values]);
  const planned = Math.round(peakBytes / 2 ** 20);
  rows.push({ name, batch, planned, measured: peakMiB, ratio: Math.round((planned / peakMiB) * 100) / 100 });
  process.stderr.write(`${JSON.stringify(rows.at(-1))}\n`);
}
rmSync(folder, { recursive: true });
const date = new Date().toISOString().slice(0, 10);
mkdirSync('benchmarks/results', { recursive: true });
const record = { benchmark: 'memory', date, unit: 'MiB', machine: thisMachine(), rows };
writeFileSync(`benchmarks/results/${date}-memory.json`, `${JSON.stringify(record, null, 2)}\n`);
console.table(rows);
