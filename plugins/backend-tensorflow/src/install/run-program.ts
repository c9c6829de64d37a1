import { spawn } from 'node:child_process';
import { CarlError } from '@carl-ssl/core';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Lets the program draw on the terminal; its standard output is then not returned. */
  readonly terminal?: boolean;
}

/** Lines of a failed program's output, and words of its command, that go into the error. */
const TAIL = 12;
const WORDS = 5;

/**
 * Runs a program to its end and returns what it wrote to standard output.
 * @throws CarlError BACKEND_INSTALL with the end of what it wrote, if it fails or does not exist; DISK if that is full
 */
export function runProgram([program, ...args]: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { terminal = false, ...where } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...where, stdio: ['ignore', terminal ? 'inherit' : 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
    child.on('error', cause =>
      reject(new CarlError('BACKEND_INSTALL', `${program} cannot be run: ${cause.message}.`, { cause })),
    );
    child.on('close', (status, signal) => {
      if (status === 0) resolve(output);
      else
        reject(
          failure(
            [program, ...args],
            signal ? `was ended by ${signal}` : `ended with status ${status}`,
            errors || output,
          ),
        );
    });
  });
}

function failure(command: readonly string[], how: string, output: string): CarlError {
  if (/No space left on device|ENOSPC/.test(output))
    return new CarlError('DISK', 'The disk is full. Make room, or set CARL_CACHE to a folder elsewhere.');
  const tail = output.trimEnd().split('\n').slice(-TAIL).join('\n  ');
  return new CarlError('BACKEND_INSTALL', `${command.slice(0, WORDS).join(' ')} ${how}.${tail ? `\n  ${tail}` : ''}`);
}
