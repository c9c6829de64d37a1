/**
 * Weights after 20 steps: workers over MPI against one worker with the joined batch, for every method of
 * pipelines/*-fashion-mnist-mini.yaml. The network is narrower and the batch smaller than in the pipelines; every worker has
 * other images. Prints one line a method: the largest difference of a weight.
 *
 *     mpirun -n 2 --bind-to none node --import tsx benchmarks/scale/equal.ts [part of a name ...]
 */
import { decodeSafetensors, type Collective } from '@carl-ssl/core';
import { activateBackend, loadPipeline, openPipeline, startRun } from '@carl-ssl/core/host';
import { singleProcess } from '@carl-ssl/core/testing';
import mpi from '@carl-ssl/collective-mpi';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const images = join(root, 'plugins/data-fashion-mnist/data/train-images.idx.gz');
const STEPS = 20;
const BATCH = 16;
const LIMIT = 1e-5;

const shared = [
  `data={ use: files, train: { use: subset, count: ${STEPS * BATCH}, of: { use: idx, images: ${images} } } }`,
  'backend={ use: tensorflow, threads: 1 }',
  'evaluate=[]',
  `trainer.batchSize=${BATCH}`,
  'trainer.epochs=1',
  'schedule={ use: constant }',
  // With batches this small, the rates of the pipelines diverge, and then every rounding error grows.
  'optimizer.learningRate=0.005',
];

type Weights = Readonly<Record<string, ArrayLike<number>>>;

async function trained(
  file: string,
  path: string,
  { collective, set }: { collective: Collective; set: string[] },
): Promise<void> {
  const loaded = await loadPipeline(file, { collective, set: [...shared, ...set] });
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

const collective = mpi.components[0].create({ timeout: 120, bucket: 16 } as never, {} as never) as Collective;
const first = collective.rank === 0;
const parts = process.argv.slice(2).filter(word => !word.includes('='));
const set = process.argv.slice(2).filter(word => word.includes('='));
const names = readdirSync(join(root, 'pipelines')).filter(
  name => name.endsWith('-fashion-mnist-mini.yaml') && (parts.length === 0 || parts.some(part => name.includes(part))),
);
// The same folder on all workers, which run on one machine.
const folder = first ? mkdtempSync(join(tmpdir(), 'carl-equal-')) : '';
const place = join(tmpdir(), `carl-equal-${process.ppid}`);
let failed = 0;
for (const name of names) {
  const file = join(root, 'pipelines', name);
  const method = name.replace('-fashion-mnist-mini.yaml', '');
  const width = method === 'ibot' ? [] : ['encoder.width=4'];
  const path = join(place, method);
  if (first) rmSync(path, { recursive: true, force: true });
  await trained(file, path, { collective, set: [...width, ...set] });
  if (!first) continue;
  const alone = join(folder, method);
  await trained(file, alone, { collective: singleProcess, set: [...width, ...set] });
  const found = difference(weightsOf(alone), weightsOf(path));
  const ok = found.value <= LIMIT;
  if (!ok) failed += 1;
  const text = `${found.value.toExponential(1)} ${ok ? '' : `in ${found.name}`}`;
  process.stdout.write(`${method.padEnd(22)} ${text}\n`);
}
await collective.close?.();
if (first) {
  rmSync(folder, { recursive: true, force: true });
  rmSync(place, { recursive: true, force: true });
  process.stdout.write(
    `${names.length - failed} of ${names.length} methods within ${LIMIT}, ${collective.size} workers\n`,
  );
  process.exitCode = failed > 0 ? 1 : 0;
}
