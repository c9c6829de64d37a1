/**
 * Time from `carl train` to its first step on as many files as ImageNet has: a folder for each of 1,000 classes, with links to 64
 * JPEGs. Prints the seconds to the first step, and what `carl` has said until then.
 *
 *     npx tsx benchmarks/data/many-files.ts [images]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { memoryOf } from '../compare/child.js';
import { thisMachine } from '../compare/machine.js';
import { writePhotographs } from '../evaluation/write-photographs.js';

const CLASSES = 1000;
const FILES = 64;
const LOOK_MS = 50;

const images = Number(process.argv[2] ?? 1_300_000);
const folder = mkdtempSync(join(tmpdir(), 'carl-many-'));
const [root, run] = [join(folder, 'images'), join(folder, 'run')];
const settings = [
  `data={ use: image-folder, root: ${root}, labels: folders, validation: 0.01, onCorrupt: error }`,
  'augmenter.size=32',
  'encoder.width=4',
  'evaluate=[]',
  'trainer={ epochs: 1, batchSize: 64 }',
].flatMap(setting => ['--set', setting]);

try {
  await writeFiles();
  const { seconds, peakMiB } = await firstStep();
  const record = { benchmark: 'many-files', images, secondsToFirstStep: seconds, peakMiB, machine: thisMachine() };
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(`benchmarks/results/${date}-many-files.json`, `${JSON.stringify(record, undefined, 2)}\n`);
  process.stdout.write(`${JSON.stringify(record, undefined, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

async function writeFiles(): Promise<void> {
  const sources = join(folder, 'files');
  await writePhotographs(sources, { images: FILES, width: 64, height: 64, classes: 1 });
  const files = readdirSync(join(sources, 'class-0')).map(name => join(sources, 'class-0', name));
  for (let i = 0; i < CLASSES; i++) mkdirSync(join(root, className(i)), { recursive: true });
  for (let i = 0; i < images; i++)
    linkSync(files[i % FILES], join(root, className(i % CLASSES), `photograph_${i}.JPEG`));
}

function className(label: number): string {
  return `n${String(label).padStart(8, '0')}`;
}

/** Trains until the first step is in the log, then interrupts. */
async function firstStep() {
  const start = performance.now();
  const words = ['core/bin/carl.js', 'train', 'pipelines/carl-own-images.yaml', ...settings, '--out', run];
  const child = spawn('node', words, { stdio: ['ignore', 'inherit', 'inherit'] });
  const closed = once(child, 'close');
  while (child.exitCode === null && !hasStep()) await setTimeout(LOOK_MS);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const peakMiB = memoryOf(child.pid, 'VmHWM');
  child.kill('SIGINT');
  await closed;
  if (!hasStep()) throw new Error('The training ended before its first step.');
  return { seconds, peakMiB };
}

function hasStep(): boolean {
  const log = join(run, 'metrics.jsonl');
  return existsSync(log) && readFileSync(log, 'utf8').includes('"step"');
}
