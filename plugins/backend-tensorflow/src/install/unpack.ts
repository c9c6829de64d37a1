import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from '../cache.js';
import { runProgram } from './run-program.js';

const program = fileURLToPath(new URL('../../assets/unpack.py', import.meta.url));

/** Paths of the archives of an installation, by their content. */
export interface Archives {
  readonly tensorflow: string;
  readonly tfjsNode: string;
  readonly nodeApiHeaders: string;
  readonly protobuf: string;
  readonly nvidia: readonly string[];
}

/** Unpacks the required files of the archives into a new installation, laid out as tfjs-node's own build does. */
export async function unpackAll(archives: Archives, folder: string, python: readonly string[]): Promise<void> {
  const target = packageFolder(folder);
  const unpack = (archive: string, ...rules: string[]) => runProgram([...python, program, archive, ...rules]);
  await unpack(archives.tensorflow, ...libraryRules(target));
  for (const archive of archives.nvidia) await unpack(archive, `nvidia/=${join(target, 'deps', 'nvidia')}`);
  await unpack(
    archives.tfjsNode,
    ...['binding', 'dist'].map(part => `package/${part}/=${join(target, part)}`),
    `package/package.json=${target}`,
  );
  await unpack(archives.nodeApiHeaders, `package/include/=${nodeApiInclude(folder)}`);
  await unpack(archives.protobuf, `package/=${join(folder, 'node_modules', 'google-protobuf')}`);
  await symlink('libtensorflow_cc.so.2', join(target, 'deps', 'lib', 'libtensorflow.so'));
  await symlink('libtensorflow_framework.so.2', join(target, 'deps', 'lib', 'libtensorflow_framework.so'));
}

export const nodeApiInclude = (folder: string): string => join(packageFolder(folder), 'deps', 'node-api');

/** Removes the headers, which only the build needs. */
export async function removeHeaders(folder: string): Promise<void> {
  await rm(nodeApiInclude(folder), { recursive: true });
  await rm(join(packageFolder(folder), 'deps', 'include'), { recursive: true });
}

/** Selects the libraries of the wheel and, from its half gigabyte of headers, those of the C API and their includes. */
function libraryRules(target: string): readonly string[] {
  const lib = join(target, 'deps', 'lib');
  const include = join(target, 'deps', 'include');
  const headers = ['tensorflow/c/', 'tsl/', 'xla/tsl/c/'].map(
    part => `tensorflow/include/${part}=${join(include, part)}`,
  );
  const strings = ['ctstring.h', 'ctstring_internal.h'].map(
    file => `tensorflow/include/tensorflow/core/platform/${file}=${join(include, 'tensorflow/core/platform')}`,
  );
  return [
    `tensorflow/libtensorflow_cc.so.2=${lib}`,
    `tensorflow/libtensorflow_framework.so.2=${lib}`,
    ...headers,
    ...strings,
  ];
}
