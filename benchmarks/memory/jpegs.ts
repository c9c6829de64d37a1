/**
 * Memory of a training on 20,000 JPEGs: writes them to a folder, asks `carl plan` for the peak, trains three epochs, and prints the
 * largest resident memory in each epoch.
 *
 *     npx tsx benchmarks/memory/jpegs.ts [images]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { memoryOf } from '../compare/child.js';
import { thisMachine } from '../compare/machine.js';
import { writePhotographs } from '../evaluation/write-photographs.js';

const CARL = 'core/bin/carl.js';
const SIDE = 96;
const EPOCHS = 3;
/** Room for a half of the decoded images, so that the others are decoded in every epoch. */
const CACHE_SHARE = 0.5;
const LOOK_MS = 100;

const images = Number(process.argv[2] ?? 20_000);
const folder = mkdtempSync(join(tmpdir(), 'carl-jpegs-'));
const cacheMegabytes = Math.round((CACHE_SHARE * images * SIDE * SIDE * 3) / 2 ** 20);
const settings = [
  `data={ use: image-folder, root: ${join(folder, 'images')}, labels: none, validation: 0, cacheMegabytes: ${cacheMegabytes} }`,
  'augmenter.size=32',
  'encoder.width=4',
  'backend=tensorflow',
  'evaluate=[]',
  `trainer={ epochs: ${EPOCHS}, batchSize: 256 }`,
  'schedule.warmupEpochs=1',
].flatMap(setting => ['--set', setting]);
const pipeline = ['pipelines/carl-own-images.yaml', ...settings];

try {
  await writePhotographs(join(folder, 'images'), { images, width: SIDE, height: SIDE, classes: 10 });
  const plan = execFileSync('node', [CARL, 'plan', ...pipeline, '--format', 'json'], { encoding: 'utf8' });
  const { peakBytes } = JSON.parse(plan) as { peakBytes: number };
  const perEpoch = await peaks(['train', ...pipeline, '--out', join(folder, 'run'), '--no-report']);
  const date = new Date().toISOString().slice(0, 10);
  const planned = Math.round(peakBytes / 2 ** 20);
  const record = {
    benchmark: 'memory-jpegs',
    date,
    unit: 'MiB',
    images,
    cacheMegabytes,
    planned,
    perEpoch,
    machine: thisMachine(),
  };
  mkdirSync('benchmarks/results', { recursive: true });
  writeFileSync(`benchmarks/results/${date}-memory-jpegs.json`, `${JSON.stringify(record, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(record, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Largest resident memory of `carl` in each epoch, MiB. */
async function peaks(args: readonly string[]): Promise<readonly number[]> {
  const child = spawn('node', [CARL, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const largest = [0];
  const look = setInterval(() => largest.push(Math.max(largest.pop()!, memoryOf(child.pid, 'VmRSS') ?? 0)), LOOK_MS);
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', line => {
      if (/^epoch \d+\/\d+/.test(line)) largest.push(0);
    });
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(look);
  if (status !== 0) throw new Error(`status ${String(status)}`);
  return largest;
}
