import { readdir } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import type { HostArray } from '../contracts/metric.js';
import { readRegular } from '../files/regular-file.js';
import { decodeSafetensors } from '../tensor/safetensors.js';

/** Allowed relative and absolute error of an output. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** A numeric test case: a component, its inputs and the outputs of the reference implementation. */
export interface GoldenCase {
  readonly kind: string;
  readonly name: string;
  readonly folder: string;
  readonly use: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, HostArray>>;
  /** By output name; undefined if the case must be refused. */
  readonly expect: Readonly<Record<string, HostArray | number>> | undefined;
  readonly tolerance: Tolerance & { readonly byPrefix?: Readonly<Record<string, Tolerance>> };
}

interface CaseFile {
  readonly format: number;
  readonly kind: string;
  readonly name: string;
  readonly component: { readonly use: string; readonly options: Record<string, unknown> };
  readonly inputs: Record<string, { shape: number[]; dtype: string }>;
  readonly expect: Record<string, number | boolean | { shape: number[]; dtype: string }>;
  readonly tolerance?: GoldenCase['tolerance'];
}

/** Folders `<kind>/<name>` below a directory that hold a case, sorted. @throws CarlError INPUT_FILE if there is none */
export async function findCases(directory: string, only?: string): Promise<readonly string[]> {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new CarlError('INPUT_FILE', `${directory}: there is no such folder.`);
  const found: string[] = [];
  for (const kind of await subfolders(directory)) {
    if (only !== undefined && kind !== only) continue;
    for (const name of await subfolders(join(directory, kind))) {
      const folder = join(directory, kind, name);
      if (existsSync(join(folder, 'case.json'))) found.push(folder);
    }
  }
  if (found.length > 0) return found;
  const where = only === undefined ? directory : join(directory, only);
  throw new CarlError(
    'INPUT_FILE',
    `${where}: no golden cases there. Expected folders <kind>/<name> with a case.json; see test/golden/README.md.`,
  );
}

export async function readCase(folder: string): Promise<GoldenCase> {
  const file = join(folder, 'case.json');
  const parsed = await parse(file);
  if (parsed.format !== 1)
    throw new CarlError('INPUT_FILE', `${file}: format ${String(parsed.format)} is not known, only 1`);
  const tensorFile = join(folder, 'tensors.safetensors');
  const { tensors } = decodeSafetensors(await read(tensorFile), tensorFile);
  const tensor = (name: string): HostArray => {
    if (!Object.hasOwn(tensors, name)) throw new CarlError('INPUT_FILE', `${tensorFile}: ${name} is missing`);
    return tensors[name];
  };
  const expected = (): GoldenCase['expect'] =>
    Object.fromEntries(
      Object.entries(parsed.expect).map(([name, value]) => [
        name,
        typeof value === 'number' ? value : tensor(`expect.${name}`),
      ]),
    );
  return {
    kind: parsed.kind,
    name: parsed.name,
    folder,
    ...parsed.component,
    inputs: Object.fromEntries(Object.keys(parsed.inputs).map(name => [name, tensor(`input.${name}`)])),
    expect: parsed.expect.error === true ? undefined : expected(),
    tolerance: parsed.tolerance ?? { relative: 0, absolute: 0 },
  };
}

async function read(file: string): Promise<Buffer> {
  return readRegular(file).catch((cause: unknown) => {
    throw new CarlError('INPUT_FILE', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  });
}

async function parse(file: string): Promise<CaseFile> {
  const text = await read(file);
  try {
    return JSON.parse(text.toString()) as CaseFile;
  } catch (error) {
    throw new CarlError('INPUT_FILE', `${file}: ${(error as Error).message}`, { cause: error });
  }
}

async function subfolders(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw new CarlError('INPUT_FILE', `${directory}: ${(error as Error).message}`, { cause: error });
  });
  return entries
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
}
