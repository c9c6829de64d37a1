/**
 * Share of a training that waits for views: between the steps (0 threads), in one thread beside them, and as `carl train` chooses.
 * Fashion-MNIST mini with the CARL pipeline of the README, and 2,000 JPEGs of 64x64 with that for own images.
 *
 *     npx tsx benchmarks/data/waiting.ts [--epochs 6]
 */
import { activateBackend, loadPipeline, openPipeline, startRun, type TrainRunOptions } from '@carl-ssl/core/host';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { thisMachine } from '../compare/machine.js';
import { writePhotographs } from '../evaluation/write-photographs.js';

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { epochs: { ...text, default: '6' }, pipeline: text, set: { ...text, multiple: true }, threads: text },
});
/** Steps of the start, in which threads are chosen and started. */
const START = 20;

/** Trains, and prints the share of waiting and the images per second after the start, as JSON. */
async function train(pipeline: string): Promise<void> {
  const loaded = await loadPipeline(pipeline, { set: values.set });
  const backend = await activateBackend(loaded.pipeline.backend, loaded.catalogue);
  const { experiment } = await openPipeline(loaded);
  const folder = mkdtempSync(join(tmpdir(), 'carl-waiting-'));
  let [steps, start, waited] = [0, 0, 0];
  const watch = {
    ...{ events: [], steps: 0, network: (network: unknown) => network, close: () => undefined },
    span: (name: string, work: () => unknown): unknown => {
      const before = performance.now();
      if (name === 'step' && ++steps === START) [start, waited] = [before, 0];
      const result = work();
      if (name !== 'views') return result;
      return (result as Promise<unknown>).finally(() => (waited += performance.now() - before));
    },
  };
  const options = { backend, source: loaded.source, observers: [], signal: new AbortController().signal };
  const threads = values.threads === undefined ? {} : { viewThreads: Number(values.threads) };
  const profiler = watch as unknown as NonNullable<TrainRunOptions['profiler']>;
  await startRun(experiment, join(folder, 'run'), { ...options, ...threads, profiler });
  const milliseconds = performance.now() - start;
  const imagesPerSecond = (1000 * (steps - START) * loaded.pipeline.trainer.batchSize) / milliseconds;
  rmSync(folder, { recursive: true });
  process.stdout.write(`${JSON.stringify({ waiting: waited / milliseconds, imagesPerSecond })}\n`);
}

async function measure(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'carl-waiting-jpeg-'));
  await writePhotographs(root, { images: 2000, width: 64, height: 64, classes: 10 });
  const cases = {
    'Fashion-MNIST mini': ['pipelines/carl-fashion-mnist-mini.yaml'],
    '2,000 JPEGs of 64x64': ['pipelines/carl-own-images.yaml', '--set', `data.root=${root}`],
  };
  const rows = [];
  for (const [name, [pipeline, ...sets]] of Object.entries(cases))
    for (const threads of ['0', '1', undefined]) {
      const settings = ['evaluate=[]', 'backend=tensorflow', `trainer.epochs=${values.epochs}`];
      const all = [...sets, ...settings.flatMap(one => ['--set', one])];
      const own = [...all, '--pipeline', pipeline, ...(threads ? ['--threads', threads] : [])];
      const output = execFileSync('node', ['--import', 'tsx', fileURLToPath(import.meta.url), ...own], {
        encoding: 'utf8',
      });
      const row = { name, threads: threads ?? 'auto', ...(JSON.parse(output.trim().split('\n').at(-1)!) as object) };
      rows.push(row);
      process.stdout.write(`${JSON.stringify(row)}\n`);
    }
  rmSync(root, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync('benchmarks/results', { recursive: true });
  const record = { benchmark: 'waiting', date, machine: thisMachine(), epochs: Number(values.epochs), rows };
  writeFileSync(`benchmarks/results/${date}-waiting.json`, `${JSON.stringify(record, null, 2)}\n`);
}

if (values.pipeline) await train(values.pipeline);
else await measure();
