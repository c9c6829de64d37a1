/**
 * Measures the peak memory of `carl embed` for 10,000, 100,000 and 300,000 images of 28x28 pixels in a folder, kills an embedding of the
 * 100,000 by SIGKILL twice, and compares the file that the same command then writes with the one of an uninterrupted embedding:
 *
 *     npx tsx benchmarks/embed/embed.ts [FORMAT: parquet, npz or jsonl]
 */
import { seededStreams } from '@carl-ssl/core';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { crc32, deflateSync } from 'node:zlib';
import { runChild } from '../compare/child.js';
import { thisMachine } from '../compare/machine.js';

const CARL = ['node', 'core/bin/carl.js'] as const;
const SIDE = 28;
const COUNTS = [10_000, 100_000, 300_000] as const;
/** Parts of the images after which the embedding is killed. */
const KILLS = [0.3, 0.7] as const;
/** Features, and bytes of a number. */
const ROW = 64 * 4;

const format = process.argv[2] ?? 'parquet';
const machine = thisMachine();
const folder = mkdtempSync(join(tmpdir(), 'carl-embed-'));
const run = join(folder, 'run');
try {
  await train();
  const rows = [];
  for (const count of COUNTS) rows.push(await measured(count));
  const [, { sha256 }] = rows;
  const interruption = await interrupted(COUNTS[1]);
  const record = {
    benchmark: 'embed',
    format,
    machine,
    rows,
    interruption,
    isSameFile: interruption.sha256 === sha256,
  };
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(`benchmarks/results/${date}-embed-${format}.json`, `${JSON.stringify(record, undefined, 2)}\n`);
  process.stdout.write(`${JSON.stringify(record, undefined, 2)}\n`);
  if (!record.isSameFile) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Trains a ResNet of width 8 for two steps. */
async function train(): Promise<void> {
  const file = join(process.cwd(), 'plugins/data-fashion-mnist/data/train-images.idx.gz');
  const settings = [
    `data={ use: files, train: { use: subset, count: 128, of: { use: idx, images: ${file} } } }`,
    'encoder={ use: resnet, block: basic, layers: [1, 1, 1, 1], width: 8, stem: small }',
    'trainer={ epochs: 1, batchSize: 64 }',
    'evaluate=[]',
  ].flatMap(setting => ['--set', setting]);
  await runChild([...CARL, 'train', 'pipelines/simclr-fashion-mnist-mini.yaml', ...settings, '--out', run, '--quiet']);
}

/** The folder with this number of images, which is written once. */
function imagesOf(count: number): string {
  const path = join(folder, `images-${count}`);
  if (mkdirSync(path, { recursive: true }) === undefined) return path;
  const random = seededStreams(0).at('images');
  for (let i = 0; i < count; i++)
    writeFileSync(join(path, `${String(i).padStart(6, '0')}.png`), greyPng(random.integer(2 ** 31)));
  return path;
}

/** A PNG of grey levels that depend on a number: 8 bits, one channel, each row without a filter. */
function greyPng(seed: number): Uint8Array {
  const rows = new Uint8Array(SIDE * (SIDE + 1));
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) rows[y * (SIDE + 1) + 1 + x] = (x * (seed & 31) + y * ((seed >> 5) & 31) + (seed >> 10)) & 255; // prettier-ignore
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 1 })), chunk('IEND', new Uint8Array(0))]); // prettier-ignore
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const content = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, checksum]);
}

function command(count: number, out: string): readonly [program: string, ...words: string[]] {
  return [...CARL, 'embed', run, imagesOf(count), '--out', out];
}

async function measured(count: number) {
  const out = join(folder, `${count}.${format}`);
  const words = command(count, out);
  const start = performance.now();
  const { peakMiB } = await runChild(words);
  return { images: count, seconds: Math.round((performance.now() - start) / 100) / 10, peakMiB, bytes: statSync(out).size, sha256: sha256(out) }; // prettier-ignore
}

/** Kills the embedding after each of the given parts, and continues it to the end. */
async function interrupted(count: number) {
  const out = join(folder, `interrupted.${format}`);
  const [program, ...words] = command(count, out);
  const killed: number[] = [];
  for (const part of KILLS) {
    const child = spawn(program, words, { stdio: 'ignore' });
    const closed = once(child, 'close');
    while (child.exitCode === null && sizeOf(`${out}.partial`) < part * count * ROW) await setTimeout(50);
    child.kill('SIGKILL');
    await closed;
    killed.push(Math.floor(sizeOf(`${out}.partial`) / ROW));
  }
  let said = '';
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  const [continued] = /continuing after [\d,]+ images/.exec(said) ?? ['not continued'];
  return { killedAfterRows: killed, continued, status, sha256: sha256(out) };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
