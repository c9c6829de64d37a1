import { spawn } from 'node:child_process';
import { CarlError } from '@carl-ssl/core';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Connects the program's standard output to the terminal, so that it is not returned. */
  readonly terminal?: boolean;
}

/** Number of lines of a failed program's output, and of words of its command, in the error. */
const TAIL = 12;
const WORDS = 5;

/**
 * Runs a program until it exits and returns its standard output.
 * @throws CarlError BACKEND_INSTALL with the end of the output if the program fails or does not exist; DISK if the disk is full
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
            signal ? `was killed by ${signal}` : `exited with status ${status}`,
            errors || output,
          ),
        );
    });
  });
}

function failure(command: readonly string[], how: string, output: string): CarlError {
  if (/No space left on device|ENOSPC/.test(output))
    return new CarlError('DISK', 'The disk is full. Free some space, or set CARL_CACHE to a folder on another disk.');
  const tail = output.trimEnd().split('\n').slice(-TAIL).join('\n  ');
  return new CarlError('BACKEND_INSTALL', `${command.slice(0, WORDS).join(' ')} ${how}.${tail ? `\n  ${tail}` : ''}`);
}
