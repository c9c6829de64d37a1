import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addonFile, muteFile, packageFolder } from '../cache.js';
import { runProgram } from './run-program.js';
import { nodeApiInclude } from './unpack.js';

const muteSource = fileURLToPath(new URL('../../assets/mute.cc', import.meta.url));

/** Builds tfjs-node's addon, from its own unchanged sources, against the unpacked TensorFlow; and the small one that mutes its banner. */
export async function buildAddon(folder: string, compiler: readonly string[]): Promise<void> {
  const target = packageFolder(folder);
  await mkdir(dirname(addonFile(folder)), { recursive: true });
  const shared = [
    ...compiler,
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    '-DNAPI_VERSION=8',
    '-DBUILDING_NODE_EXTENSION',
    `-I${nodeApiInclude(folder)}`,
  ];
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map(name => join(target, 'binding', name));
  const include = ['-DNODE_GYP_MODULE_NAME=tfjs_binding', `-I${join(target, 'deps', 'include')}`, `-I${target}`];
  const libraries = [
    `-L${join(target, 'deps', 'lib')}`,
    '-ltensorflow',
    '-ltensorflow_framework',
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ];
  await runProgram([...shared, ...include, ...sources, ...libraries, '-o', addonFile(folder)]);
  await runProgram([...shared, muteSource, '-o', muteFile(folder)]);
}
