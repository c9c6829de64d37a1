import { cacheFolder } from '@carl-ssl/core';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Device that an installation computes on. */
export type Variant = 'cpu' | 'gpu';

/** Instruction sets that our operations are compiled for; each also needs FMA. */
export type InstructionSet = 'avx2' | 'avx512';

/** Version of the installation steps. Increase it when {@link install} produces something different from the same files. */
const STEPS = 5;

/** Folder with the C++ sources of our operations. */
export const nativeFolder = fileURLToPath(new URL('../native/', import.meta.url));

let known: string | undefined;

/** Identifies the steps and sources that produce an installation. */
export const recipe = (): string => (known ??= `${STEPS}-${nativeDigest()}`);

/** Release of TensorFlow. Its C API is stable; the hashes in `install/pins.ts` are those of this release. */
export const TENSORFLOW_VERSION = '2.21.0';

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

/** Folder of this backend, with its installations and downloads. */
export const backendFolder = (): string => join(cacheFolder(), 'tensorflow');

/** Folder of downloaded files. */
export const downloadFolder = (): string => join(backendFolder(), 'downloads');

/** Folder of an installation. Each recipe has its own, so that versions of this package do not overwrite each other. */
export const installFolder = (variant: Variant): string =>
  join(backendFolder(), `${variant}-${TENSORFLOW_VERSION}-${recipe()}`);

/** Folder of the package tfjs-node in an installation, laid out as its own build does. */
export const packageFolder = (folder: string): string => join(folder, 'tfjs-node');

export const addonFile = (folder: string): string => join(packageFolder(folder), 'lib', 'napi-v8', 'tfjs_binding.node');

/** Addon with our operations for an instruction set. Missing if the compiler could not build it. */
export const kernelsFile = (folder: string, instructions: InstructionSet): string =>
  join(packageFolder(folder), 'lib', 'napi-v8', `kernels-${instructions}.node`);

export const muteFile = (folder: string): string => join(packageFolder(folder), 'lib', 'napi-v8', 'mute.node');
