import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inFloat64 } from '../backend/float64.js';
import type { HostArray } from '../contracts/metric.js';
import { CarlError } from '../errors/carl-error.js';
import { writeAtomic } from '../files/atomic.js';
import { seededStreams } from '../tensor/random.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../tensor/safetensors.js';
import { benchOf } from './bench.js';
import { findCases, type GoldenCase } from './case.js';
import type { Outputs } from './compare.js';
import { KINDS, type GoldenRun } from './run-golden.js';

/** The case.json of a case that is to be recorded: without `expect`. */
interface Draft extends Pick<GoldenCase, 'kind' | 'name'> {
  readonly component: Pick<GoldenCase, 'use' | 'options'>;
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly dtype: string }>>;
  readonly expect?: unknown;
}

/** Tolerance of a recorded case: the same code in float64 and, on backends, in float32. */
const TOLERANCE = { relative: 1e-4, absolute: 1e-5 };

/**
 * Computes the outputs of cases that have no `expect`, in float64, and writes them into the cases. Inputs without values are
 * drawn from a normal distribution. A recorded case shows later changes of the component; it proves no formula.
 * @returns folders of the cases that were written
 * @throws CarlError INPUT_FILE
 */
export async function recordGolden(
  directory: string,
  { catalogue, components, only }: Omit<GoldenRun, 'float64'>,
): Promise<readonly string[]> {
  const bench = benchOf(catalogue, components);
  const written: string[] = [];
  for (const folder of await findCases(directory, only)) {
    const draft = await readDraft(folder);
    if (draft.expect !== undefined) continue;
    const inputs = await inputsOf(folder, draft);
    const run = Object.hasOwn(KINDS, draft.kind) ? KINDS[draft.kind] : undefined;
    const { kind, name, component } = draft;
    const golden = { kind, name, folder, ...component, inputs, expect: gradientsOf(inputs), tolerance: TOLERANCE };
    const outputs = run && (await inFloat64(() => run(golden, bench)));
    if (!outputs) throw refusal(folder, run ? `no plugin has its component ${component.use}` : `unknown kind ${kind}`);
    await write(folder, { draft, inputs, outputs });
    written.push(folder);
  }
  return written;
}

function refusal(folder: string, reason: string): CarlError {
  return new CarlError('INPUT_FILE', `${folder} cannot be recorded: ${reason}.`);
}

async function readDraft(folder: string): Promise<Draft> {
  const file = join(folder, 'case.json');
  try {
    const draft = JSON.parse(await readFile(file, 'utf8')) as Draft;
    if (typeof draft.kind === 'string' && typeof draft.component?.use === 'string' && draft.inputs instanceof Object)
      return { ...draft, component: { ...draft.component, options: draft.component.options ?? {} } };
  } catch (cause) {
    throw refusal(folder, (cause as Error).message);
  }
  throw refusal(folder, 'case.json needs `kind`, `name`, `component: { use, options }` and `inputs`');
}

/** Values of the inputs: those in the tensor file, others drawn. */
async function inputsOf(folder: string, { inputs }: Draft): Promise<Readonly<Record<string, HostArray>>> {
  const file = join(folder, 'tensors.safetensors');
  const { tensors } = existsSync(file) ? decodeSafetensors(await readFile(file), file) : { tensors: {} };
  const streams = seededStreams(0);
  const entries = Object.entries(inputs).map(([name, { shape, dtype }]) => {
    const stored = (tensors as Readonly<Record<string, HostArray>>)[`input.${name}`];
    if (stored) return [name, stored] as const;
    if (dtype !== 'float32') throw refusal(folder, `the values of ${name} (${dtype}) must be in tensors.safetensors`);
    const random = streams.at(name);
    const length = shape.reduce((product, side) => product * side, 1);
    return [name, { shape, data: Float32Array.from({ length }, () => random.normal()) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Gradients that are recorded: by every view. */
function gradientsOf(inputs: Readonly<Record<string, HostArray>>): Readonly<Record<string, number>> {
  const views = Object.keys(inputs).filter(name => /^view\d+$/.test(name));
  return Object.fromEntries(views.map(name => [`grad.${name}`, 0]));
}

function storedOf({ shape, data }: HostArray): StoredTensor {
  return data instanceof Int32Array
    ? { dtype: 'I32', shape, data }
    : { dtype: 'F32', shape, data: Float32Array.from(data) };
}

interface Recorded {
  readonly draft: Draft;
  readonly inputs: Readonly<Record<string, HostArray>>;
  readonly outputs: Outputs;
}

async function write(folder: string, { draft, inputs, outputs }: Recorded): Promise<void> {
  const arrays = Object.entries(outputs).filter((entry): entry is [string, HostArray] => typeof entry[1] !== 'number');
  const stored = [
    ...Object.entries(inputs).map(([name, array]) => [`input.${name}`, array] as const),
    ...arrays.map(([name, array]) => [`expect.${name}`, array] as const),
  ];
  const described = Object.entries(outputs).map(([name, value]) => [
    name,
    typeof value === 'number'
      ? value
      : { shape: value.shape, dtype: value.data instanceof Int32Array ? 'int32' : 'float32' },
  ]);
  const complete = { ...draft, format: 1, expect: Object.fromEntries(described) as object, tolerance: TOLERANCE };
  await writeAtomic(
    join(folder, 'tensors.safetensors'),
    encodeSafetensors(Object.fromEntries(stored.map(([name, array]) => [name, storedOf(array)]))),
  );
  await writeAtomic(join(folder, 'case.json'), `${JSON.stringify(complete, undefined, 2)}\n`);
}
