import { CarlError } from '@carl-ssl/core';
import { thisMachine, unfit } from '../platform.js';
import { runProgram } from './run-program.js';

/** Programs that an installation needs, each as the words of a command line. */
export interface Tools {
  readonly python: readonly string[];
  readonly npm: readonly string[];
  readonly compiler: readonly string[];
}

/** Consequence of a missing backend, for the end of an error message. */
const WITHOUT = 'Without this backend, carl uses the wasm backend at about a tenth of the speed.';

const OLDEST_PYTHON = [3, 8] as const;

/**
 * Finds the programs and reports all missing ones at once.
 * @throws CarlError BACKEND_UNAVAILABLE on a machine that TensorFlow does not support, BACKEND_INSTALL if a program is missing
 */
export async function findTools(options: { python?: string; needsPip: boolean }): Promise<Tools> {
  const reason = unfit(thisMachine());
  if (reason) throw new CarlError('BACKEND_UNAVAILABLE', `${reason}. ${WITHOUT}`);
  const python = [options.python ?? 'python3'];
  const compiler = (process.env.CXX || 'g++').split(/\s+/);
  const npm = npmCommand();
  const missing = await Promise.all([
    pythonMissing(python, options.needsPip),
    compilerMissing(compiler),
    npmMissing(npm),
  ]);
  const lines = missing.filter(line => line !== undefined);
  if (lines.length > 0)
    throw new CarlError(
      'BACKEND_INSTALL',
      ['The TensorFlow backend cannot be installed:', ...lines, WITHOUT].join('\n  '),
    );
  return { python, npm, compiler };
}

async function pythonMissing(python: readonly string[], needsPip: boolean): Promise<string | undefined> {
  const version = await answer([...python, '-c', 'import sys; print(*sys.version_info[:2])']);
  const [major, minor] = (version ?? '0 0').split(' ').map(Number);
  if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1]))
    return `Python ${OLDEST_PYTHON.join('.')} or newer is missing (tried ${python[0]}); Debian and Ubuntu: apt-get install python3 python3-pip, or pass one with --python.`;
  if (needsPip && (await answer([...python, '-m', 'pip', '--version'])) === undefined)
    return `pip is missing from ${python[0]}; Debian and Ubuntu: apt-get install python3-pip, or pass the folder of the wheel with --from.`;
  return undefined;
}

async function compilerMissing(compiler: readonly string[]): Promise<string | undefined> {
  if ((await answer([...compiler, '--version'])) !== undefined) return undefined;
  return `A C++17 compiler is missing (tried ${compiler[0]}); Debian and Ubuntu: apt-get install g++, or set CXX to one.`;
}

async function npmMissing(npm: readonly string[]): Promise<string | undefined> {
  return (await answer([...npm, '--version'])) === undefined
    ? 'npm is missing; Debian and Ubuntu: apt-get install npm.'
    : undefined;
}

/** Returns the npm that started this program, or else the npm on the path. */
function npmCommand(): readonly string[] {
  const running = process.env.npm_execpath;
  return running?.endsWith('npm-cli.js') ? [process.execPath, running] : ['npm'];
}

async function answer(command: readonly string[]): Promise<string | undefined> {
  return runProgram(command).then(
    output => output.trim(),
    () => undefined,
  );
}
