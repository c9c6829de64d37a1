import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bestBf16Unit, bestInstructions } from '@carl-ssl/backend-tensorflow/testing';
import { expect } from 'chai';
import { skipped } from '../skipped.js';

const native = fileURLToPath(new URL('../../plugins/backend-tensorflow/native/', import.meta.url));
const math = join(native, 'math');
const program = fileURLToPath(new URL('./backend-tensorflow-native/', import.meta.url));

/** The first invalid memory access and the first undefined operation end the program. */
const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const FLAGS = ['-std=c++17', '-O1', '-g1', '-pthread', ...SANITIZERS];

/** The compiler's options for each instruction set; those for bf16 are emulated where the processor lacks them. */
const INSTRUCTIONS = {
  avx2: ['-mavx2', '-mfma'],
  avx512: ['-mavx512f', '-mfma', ...(bestBf16Unit() === 'vectors' ? ['-DCARL_BF16'] : [])],
};

const filesOf = (folder: string, ending: RegExp): string[] =>
  readdirSync(folder).flatMap(file => (ending.test(file) ? [join(folder, file)] : []));

/** Runs g++; its output is empty on success. */
function compile(
  sources: readonly string[],
  target: string,
  options: readonly string[] = [],
): { missing: boolean; output: string } {
  const include = [`-I${native}`, `-I${program}`];
  const { error, status, stderr } = spawnSync('g++', [...FLAGS, ...options, ...include, ...sources, '-o', target], {
    encoding: 'utf8',
  });
  return { missing: error !== undefined, output: status === 0 ? '' : stderr };
}

/** Reason why the program cannot be built on this machine, or undefined. */
function obstacle(folder: string): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the native code is for Linux on x64';
  const source = join(folder, 'empty.cc');
  writeFileSync(source, 'int main() { return 0; }\n');
  const { missing, output } = compile([source], join(folder, 'empty'));
  if (missing) return 'there is no g++';
  return output ? `g++ cannot build a program with sanitizers:\n${output}` : undefined;
}

describe('native code of the TensorFlow backend', () => {
  let folder: string;

  before(() => (folder = mkdtempSync(join(tmpdir(), 'carl-native-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('the maths includes headers of C++ and its own only', () => {
    const files = filesOf(math, /\.(cc|h)$/);
    expect(files).to.not.be.empty;
    for (const file of files)
      for (const [, header] of readFileSync(file, 'utf8').matchAll(/^#\s*include\s+(\S+)/gm))
        expect(header, file).to.match(/^("math\/[\w-]+\.h"|<[\w/]+>|<sanitizer\/asan_interface\.h>)$/);
  });

  for (const [name, options] of Object.entries(INSTRUCTIONS))
    it(`the maths agrees with double precision over many shapes, under sanitizers, ${name}`, function () {
      const best = bestInstructions();
      if (best !== name && best !== 'avx512') skipped(this, `the processor has no ${name}`);
      const reason = obstacle(folder);
      if (reason && process.env.CI_TENSORFLOW === 'required') throw new Error(reason);
      if (reason) skipped(this, reason);
      const tests = join(folder, `tests-${name}`);
      expect(compile([...filesOf(program, /\.cc$/), ...filesOf(math, /\.cc$/)], tests, options).output).to.equal('');
      // Leak detection needs ptrace, which containers can forbid.
      const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0', UBSAN_OPTIONS: 'print_stacktrace=1' };
      const { status, stdout, stderr } = spawnSync(tests, { env, encoding: 'utf8' });
      expect(status, stdout + stderr).to.equal(0);
      expect(stdout).to.match(/\n\d{5,} comparisons, 0 failed\n$/);
    });
});
