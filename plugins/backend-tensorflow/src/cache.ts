import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Device that an installation computes on. */
export type Variant = 'cpu' | 'gpu';

/** Version of the installation steps. Increase it when {@link install} changes its result for the same files. */
const STEPS = 2;

/** Folder with the C++ sources of our operations. */
export const nativeFolder = fileURLToPath(new URL('../native/', import.meta.url));

let known: string | undefined;

/** Identifies the steps and sources that produce an installation. */
const recipe = (): string => (known ??= `${STEPS}-${nativeDigest()}`);

/** Release of TensorFlow. Its C API is stable; the hashes in `install/pins.ts` are those of this release. */
export const TENSORFLOW_VERSION = '2.21.0';

/** Record that completes an installation. A folder without it is incomplete. */
export interface InstallRecord {
  readonly recipe: string;
  readonly variant: Variant;
  readonly versions: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** Size of each library in bytes, by its path in the folder. Detects a truncated or missing file without loading it. */
  readonly libraries?: Readonly<Record<string, number>>;
}

/** Sources and headers of our operations, as sorted paths in {@link nativeFolder}. */
export function nativeFiles(): string[] {
  const entries = readdirSync(nativeFolder, { recursive: true }) as string[];
  return entries.filter(entry => statSync(join(nativeFolder, entry)).isFile()).sort();
}

function nativeDigest(): string {
  const hash = createHash('sha256');
  for (const file of nativeFiles()) hash.update(file).update(readFileSync(join(nativeFolder, file)));
  return hash.digest('hex').slice(0, 8);
}

/** The user's cache folder: $CARL_CACHE, else carl-ssl in $XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.CARL_CACHE) return resolve(environment.CARL_CACHE);
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'carl-ssl');
}

/** Folder of this backend, with its installations and downloads. */
export const backendFolder = (): string => join(cacheFolder(), 'tensorflow');

/** Folder of an installation. Each recipe has its own, so that versions of this package do not overwrite each other. */
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

/** Returns the record of a complete installation made by this version of the package, or undefined. */
export function readRecord(folder: string): InstallRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(recordFile(folder), 'utf8')) as InstallRecord;
    return record.recipe === recipe() && isComplete(folder, record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Libraries that are loaded from an installation. */
const LIBRARIES = [
  'tfjs-node/deps/lib/libtensorflow_cc.so.2',
  'tfjs-node/deps/lib/libtensorflow_framework.so.2',
  'tfjs-node/lib/napi-v8/tfjs_binding.node',
];

function isComplete(folder: string, { libraries = {} }: InstallRecord): boolean {
  return LIBRARIES.every(file => {
    const bytes = statSync(join(folder, file)).size;
    return bytes === (libraries[file] ?? bytes);
  });
}

/** Folder of the package tfjs-node in an installation, laid out as its own build does. */
export const packageFolder = (folder: string): string => join(folder, 'tfjs-node');

export const addonFile = (folder: string): string => join(packageFolder(folder), 'lib', 'napi-v8', 'tfjs_binding.node');

/** Addon with our operations. Missing if the compiler could not build it. */
export const kernelsFile = (folder: string): string => join(packageFolder(folder), 'lib', 'napi-v8', 'kernels.node');

export const muteFile = (folder: string): string => join(packageFolder(folder), 'lib', 'napi-v8', 'mute.node');
