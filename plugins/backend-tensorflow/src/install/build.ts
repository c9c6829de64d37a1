import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  addonFile,
  kernelsFile,
  muteFile,
  nativeFiles,
  nativeFolder,
  packageFolder,
  type InstructionSet,
} from '../cache.js';
import { runProgram } from './run-program.js';
import { nodeApiInclude } from './unpack.js';

const muteSource = fileURLToPath(new URL('../../assets/mute.cc', import.meta.url));

/** Builds tfjs-node's addon, from its unmodified sources, and the addon that mutes TensorFlow's banner. */
export async function buildAddon(folder: string, compiler: readonly string[]): Promise<void> {
  const target = packageFolder(folder);
  await mkdir(dirname(addonFile(folder)), { recursive: true });
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map(name => join(target, 'binding', name));
  const include = ['-DNODE_GYP_MODULE_NAME=tfjs_binding', `-I${join(target, 'deps', 'include')}`, `-I${target}`];
  const shared = [...addonCommand(folder, compiler), '-O2'];
  await runProgram([...shared, ...include, ...sources, ...libraries(target), '-o', addonFile(folder)]);
  await runProgram([...shared, muteSource, '-o', muteFile(folder)]);
}

/** The compiler's options for each instruction set. */
const INSTRUCTIONS: Readonly<Record<InstructionSet, readonly string[]>> = {
  avx2: ['-mavx2', '-mfma'],
  avx512: ['-mavx512f', '-mfma', '-mprefer-vector-width=512'],
};

/** Adds the instructions for bf16, AVX512_BF16 and AMX, which older assemblers do not know. */
const BF16 = '-DCARL_BF16';

/**
 * Builds our operations for every instruction set, because machines that share the installation may differ. Returns false if
 * the compiler fails; TensorFlow's own operations are used then.
 */
export async function buildKernels(folder: string, compiler: readonly string[]): Promise<boolean> {
  const optimized = ['-O3', '-fno-trapping-math', '-fvisibility=hidden', '-pthread'];
  const sources = nativeFiles().filter(file => file.endsWith('.cc'));
  const shared = [...addonCommand(folder, compiler), ...optimized, `-I${nativeFolder}`];
  const command = [...shared, ...sources.map(file => join(nativeFolder, file))];
  const build = async (name: InstructionSet, options: readonly string[]): Promise<void> => {
    const target = kernelsFile(folder, name);
    await runProgram([...command, ...options, ...libraries(packageFolder(folder)), '-o', target]);
  };
  const { avx2, avx512 } = INSTRUCTIONS;
  const withBf16 = build('avx512', [...avx512, BF16]).catch(async () => build('avx512', avx512));
  try {
    await Promise.all([build('avx2', avx2), withBf16]);
    return true;
  } catch {
    return false;
  }
}

const addonCommand = (folder: string, compiler: readonly string[]): readonly string[] => [
  ...compiler,
  '-std=c++17',
  '-fPIC',
  '-shared',
  '-DNAPI_VERSION=8',
  '-DBUILDING_NODE_EXTENSION',
  `-I${nodeApiInclude(folder)}`,
];

const libraries = (target: string): readonly string[] => [
  `-L${join(target, 'deps', 'lib')}`,
  '-ltensorflow',
  '-ltensorflow_framework',
  '-Wl,-rpath,$ORIGIN/../../deps/lib',
];
