import { lstatSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { kernelsFile, recipe, type InstructionSet, type Variant } from './cache.js';
import { sha256Of } from './sha256.js';

/** A library or addon of an installation, as it was when it was installed. */
interface NativeFile {
  readonly bytes: number;
  /** Modification time in milliseconds since 1970. */
  readonly modified: number;
  readonly sha256: string;
}

/** Record of a complete installation. */
export interface InstallRecord {
  readonly recipe: string;
  readonly variant: Variant;
  readonly versions: Readonly<Record<string, string>>;
  /** Size of the installation on disk. */
  readonly bytes: number;
  /** All libraries and addons, by their path in the folder. Loading a truncated one would end the process by SIGBUS. */
  readonly files: Readonly<Record<string, NativeFile>>;
}

/** `libtensorflow_cc.so.2`, `kernels-avx2.node`. */
const NATIVE = /\.(?:node|so)(?:\.\d+)*$/;

export const recordFile = (folder: string): string => join(folder, 'installed.json');

/** Writes the record that completes an installation. A folder without it is incomplete. */
export function writeRecord(folder: string, made: Pick<InstallRecord, 'variant' | 'versions' | 'bytes'>): void {
  const paths = (readdirSync(folder, { recursive: true }) as string[]).filter(path => NATIVE.test(path)).sort();
  const libraries = paths.filter(path => lstatSync(join(folder, path)).isFile());
  save(folder, {
    recipe: recipe(),
    ...made,
    files: Object.fromEntries(libraries.map(path => [path, nativeFile(join(folder, path))])),
  });
}

/** Reads the record of an installation; undefined if it is missing, unreadable or of another version of this package. */
export function readRecord(folder: string): InstallRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(recordFile(folder), 'utf8'));
    return isRecord(record) && record.recipe === recipe() ? record : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is InstallRecord {
  const { files, versions } = (value ?? {}) as Partial<InstallRecord>;
  const isFile = ({ bytes, modified, sha256 }: Partial<NativeFile>) =>
    typeof bytes === 'number' && typeof modified === 'number' && typeof sha256 === 'string';
  return (
    versions instanceof Object &&
    files instanceof Object &&
    Object.values(files).every(file => file instanceof Object && isFile(file))
  );
}

/** Whether an installation has our operations for an instruction set: the compiler may have been unable to build them. */
export const hasKernels = (
  folder: string,
  { files }: Pick<InstallRecord, 'files'>,
  instructions: InstructionSet,
): boolean => Object.hasOwn(files, relative(folder, kernelsFile(folder, instructions)));

/** Files whose content this process found intact, by path and modification time. */
const intact = new Set<string>();

/**
 * Compares the libraries and addons of an installation with its record and returns the first difference, as a clause.
 * Contents are hashed only if the modification time differs; files found intact are recorded with their new time.
 */
export function findDamage(folder: string, record: InstallRecord): string | undefined {
  const files: Record<string, NativeFile> = { ...record.files };
  for (const [path, recorded] of Object.entries(record.files)) {
    const file = join(folder, path);
    const found = statSync(file, { throwIfNoEntry: false });
    if (!found) return `${path} is missing`;
    if (found.size !== recorded.bytes) return `${path} has ${found.size} bytes instead of ${recorded.bytes}`;
    const known = `${file} ${found.mtimeMs}`;
    if (found.mtimeMs === recorded.modified || intact.has(known)) continue;
    if (sha256Of(file) !== recorded.sha256) return `the content of ${path} has changed`;
    intact.add(known);
    files[path] = { ...recorded, modified: found.mtimeMs };
  }
  if (Object.entries(files).some(([path, file]) => file !== record.files[path])) remember(folder, { ...record, files });
  return undefined;
}

function save(folder: string, record: InstallRecord): void {
  const unfinished = `${recordFile(folder)}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(record, null, 2));
  renameSync(unfinished, recordFile(folder));
}

/** Saves new modification times. An installation that cannot be written is hashed again by the next process. */
function remember(folder: string, record: InstallRecord): void {
  try {
    save(folder, record);
  } catch {
    // The record only saves time.
  }
}

function nativeFile(file: string): NativeFile {
  const { size, mtimeMs } = statSync(file);
  return { bytes: size, modified: mtimeMs, sha256: sha256Of(file) };
}
