/**
 * Weights of two trainings compared, for every method of pipelines/*-fashion-mnist-mini.yaml: one of several workers over MPI,
 * and one of one worker with the joined batch. Prints the largest difference of a weight after the first step and after the
 * last. The other figures say what rounding alone does in one worker, after the last step: TensorFlow and WebAssembly, and
 * TensorFlow with pixels that differ in their last bits, the largest of four. With `--float64`, prints the first two figures only: numbers in
 * double precision have too little rounding to grow. The network is narrower and the batch smaller than in the pipelines; every worker has other images.
 *
 *     mpirun -n 2 --bind-to none node --import tsx benchmarks/scale/equal.ts [--steps 20] [--batch 64] [--rate 0.0001 | --rate own]
 *       [--float64] [METHOD ...]
 */
import { singleProcess } from '@carl-ssl/core/testing';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { difference, METHODS, trained, type Training, type Weights, weightsOf } from './trained-weights.js';
import { joinWorkers } from './workers.js';

const LIMIT = 1e-5;
/** A few units in the last place of float32. Whether rounding grows depends on chance, so several are tried. */
const NUDGES = [1, 2, -2, 8].map(units => units * 2 ** -23);
/** Methods that take longer than ten minutes on WebAssembly; their figure is NaN. */
const SLOW = ['vicregl'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '20' },
    batch: { type: 'string', default: '64' },
    // In float32 at the rates of the pipelines (`--rate own`), a narrow network on small batches is chaotic: rounding grows.
    rate: { type: 'string', default: '0.0001' },
    float64: { type: 'boolean', default: false },
  },
});

const collective = joinWorkers();
const first = collective.rank === 0;
const unknown = positionals.filter(name => !METHODS.includes(name));
if (unknown.length > 0) throw new Error(`no such method: ${unknown.join(', ')}; there are ${METHODS.join(', ')}`);
const methods = METHODS.filter(name => positionals.length === 0 || positionals.includes(name));
const steps = Number(values.steps);
const arithmetic = values.float64 ? 'float64' : 'tensorflow';
const rate = values.rate === 'own' ? undefined : Number(values.rate);
const common = { batch: Number(values.batch), rate, arithmetic, steps } as const;
// The same folder on all workers, which run on one machine.
const place = join(tmpdir(), `carl-equal-${process.ppid}`);

/** Weights after a training of all workers; of the other workers, none. */
async function together(method: string, count: number): Promise<Weights> {
  const path = join(place, `${method}-${count}`);
  await trained(method, path, { ...common, collective, steps: count });
  return first ? weightsOf(path) : {};
}

async function alone(method: string, other: Partial<Training>): Promise<Weights> {
  const path = join(mkdtempSync(join(place, 'alone-')), method);
  await trained(method, path, { ...common, collective: singleProcess, ...other });
  return weightsOf(path);
}

/** What rounding does to a training of one worker. */
async function effectOfRounding(method: string, one: Weights): Promise<number[]> {
  if (values.float64) return [];
  const backends = SLOW.includes(method)
    ? { value: NaN }
    : difference(one, await alone(method, { arithmetic: 'wasm' }));
  const plain = await alone(method, { nudge: 0 });
  let nudged = 0;
  for (const nudge of NUDGES) nudged = Math.max(nudged, difference(plain, await alone(method, { nudge })).value);
  return [backends.value, nudged];
}

if (first) mkdirSync(place, { recursive: true });
let failed = 0;
for (const method of methods) {
  const workers = [await together(method, 1), await together(method, steps)];
  if (!first) continue;
  const one = [await alone(method, { steps: 1 }), await alone(method, {})];
  const found = [0, 1].map(i => difference(one[i], workers[i]));
  if (!(found[1].value <= LIMIT)) failed += 1;
  const figures = [...found.map(({ value }) => value), ...(await effectOfRounding(method, one[1]))];
  const line = figures.map(value => value.toExponential(1).padStart(9)).join('');
  process.stdout.write(`${method.padEnd(22)}${line}  ${found[1].value <= LIMIT ? '' : found[1].name}\n`);
}
await collective.close?.();
if (first) {
  rmSync(place, { recursive: true, force: true });
  const [all, some] = [methods.length, methods.length - failed];
  process.stdout.write(`${some} of ${all} methods within ${LIMIT} after ${steps} steps, ${collective.size} workers\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
