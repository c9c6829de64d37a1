import { cacheFolder, CarlError } from '@carl-ssl/core';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const native = fileURLToPath(new URL('../native/', import.meta.url));
const headers = join(dirname(createRequire(import.meta.url).resolve('node-api-headers')), 'include');

/** Words of the command of MPI's compiler. */
export type Compiler = readonly string[];

/**
 * The compiled addon in the cache folder. It is compiled on first use, for each MPI library anew; a machine without MPI's
 * compiler takes the newest one that another machine with the same cache folder has compiled.
 * @throws CarlError COLLECTIVE
 */
export function addonFile(compiler: Compiler = (process.env.MPICC || 'mpicc').split(/\s+/)): string {
  const folder = join(
    cacheFolder(),
    'mpi',
    `${digest(Buffer.concat(sources().map(file => readFileSync(file))))}-${process.platform}-${process.arch}`,
  );
  // The compiler and the options that it stands for, which name the library.
  const library = run([...compiler, '-show']);
  if (library.output === undefined) return newest(folder) ?? missing(compiler, library.problem);
  const file = join(folder, `${digest(library.output)}.node`);
  if (!existsSync(file)) build(compiler, file);
  return file;
}

function build(compiler: Compiler, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  // Several workers may start at once.
  const unfinished = `${file}.${process.pid}`;
  const flags = ['-O3', '-fPIC', '-shared', '-pthread', '-DNAPI_VERSION=8', `-I${headers}`];
  const files = sources().filter(file => file.endsWith('.c'));
  const { output, problem } = run([...compiler, ...flags, ...files, '-o', unfinished]);
  if (output !== undefined) return renameSync(unfinished, file);
  rmSync(unfinished, { force: true });
  throw new CarlError('COLLECTIVE', `The binding of MPI cannot be compiled: ${problem}`);
}

function missing(compiler: Compiler, problem: string): never {
  throw new CarlError(
    'COLLECTIVE',
    `Training by several processes needs MPI with its C compiler: ${problem}. Debian and Ubuntu: apt-get install openmpi-bin ` +
      `libopenmpi-dev; on a cluster, load its MPI module. Or set MPICC to the compiler (tried ${compiler[0]}).`,
  );
}

function newest(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder).filter(name => name.endsWith('.node'));
  const byAge = files.map(name => join(folder, name)).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return byAge[0];
}

const sources = (): readonly string[] =>
  readdirSync(native).sort().map(name => join(native, name)); // prettier-ignore

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

/** Output of a program, or its problem in a few lines. */
function run([program, ...args]: readonly string[]): { readonly output?: string; readonly problem: string } {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) return { problem: `${program} cannot be run (${(error as NodeJS.ErrnoException).code ?? error.message})` };
  if (status === 0) return { output: stdout, problem: '' };
  const lines = stderr.trim().split('\n').slice(-6);
  return { problem: `${program} ended with status ${String(status)}:\n  ${lines.join('\n  ')}` };
}
