import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What an installation computes on. */
export type Variant = 'cpu' | 'gpu';

/** Goes up whenever {@link install} makes something different of the same files. */
const STEPS = 2;

/** Sources of our own operations. */
export const nativeFolder = fileURLToPath(new URL('../native/', import.meta.url));

let known: string | undefined;

/** What an installation is made by: these steps and those sources. */
const recipe = (): string => (known ??= `${STEPS}-${digestOf(nativeFolder)}`);

/** TensorFlow's release; its C API is stable, the hashes in `install/pins.ts` belong to it. */
export const TENSORFLOW_VERSION = '2.21.0';

/** Written last into an installation: a folder without it is not one. */
export interface InstallRecord {
  readonly recipe: string;
  readonly variant: Variant;
  readonly versions: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** Bytes of the libraries, by their path in the folder: a file that was cut off or is gone is found without loading it. */
  readonly libraries?: Readonly<Record<string, number>>;
}

function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 8);
}

/** The user's cache folder: $CARL_CACHE, else carl-ssl in $XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.CARL_CACHE) return resolve(environment.CARL_CACHE);
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'carl-ssl');
}

/** Everything of this backend, downloads included. */
export const backendFolder = (): string => join(cacheFolder(), 'tensorflow');

/** Of its own for each recipe, so that another version of this package keeps its installation. */
export const installFolder = (variant: Variant): string =>
  join(backendFolder(), `${variant}-${TENSORFLOW_VERSION}-${recipe()}`);

export const recordFile = (folder: string): string => join(folder, 'installed.json');

export const newRecord = (
  folder: string,
  made: { variant: Variant; versions: Record<string, string>; bytes: number },
): InstallRecord => ({
  recipe: recipe(),
  ...made,
  libraries: Object.fromEntries(LIBRARIES.map(file => [file, statSync(join(folder, file)).size])),
});

/** The record of a whole installation made by this version of the package, or undefined. */
export function readRecord(folder: string): InstallRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(recordFile(folder), 'utf8')) as InstallRecord;
    return record.recipe === recipe() && isWhole(folder, record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** What is loaded of an installation. */
const LIBRARIES = [
  'tfjs-node/deps/lib/libtensorflow_cc.so.2',
  'tfjs-node/deps/lib/libtensorflow_framework.so.2',
  'tfjs-node/lib/napi-v8/tfjs_binding.node',
];

function isWhole(folder: string, { libraries = {} }: InstallRecord): boolean {
  return LIBRARIES.every(file => {
    const bytes = statSync(join(folder, file)).size;
    return bytes === (libraries[file] ?? bytes);
  });
}

/** The package tfjs-node in an installation, laid out as its own build would. */
export const packageFolder = (folder: string): string => join(folder, 'tfjs-node');

export const addonFile = (folder: string): string => join(packageFolder(folder), 'lib', 'napi-v8', 'tfjs_binding.node');

/** Our own operations; not there if the compiler could not build them. */
export const kernelsFile = (folder: string): string => join(packageFolder(folder), 'lib', 'napi-v8', 'kernels.node');

export const muteFile = (folder: string): string => join(packageFolder(folder), 'lib', 'napi-v8', 'mute.node');
