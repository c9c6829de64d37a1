import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The file that starts the command line. */
export const program = fileURLToPath(new URL('../../core/bin/carl.js', import.meta.url));

export interface Ended {
  /** Exit status, or null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Fulfilled as soon as the text stands on standard error; rejected if it never does. */
  readonly says: (text: string) => Promise<void>;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A shell command before the program, for limits. */
  readonly limit?: string;
}

/** Starts the real command line in a process of its own. */
export function start(args: readonly string[], { cwd, env, limit }: Surroundings = {}): Started {
  const words = [process.execPath, program, ...args];
  const options = { cwd, env: { ...process.env, NO_COLOR: '', ...env } };
  const child = limit
    ? spawn('bash', ['-c', `${limit}; exec "$@"`, 'bash', ...words], options)
    : spawn(words[0], words.slice(1), options);
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const ended = new Promise<Ended>(resolve => child.on('close', code => resolve({ code, ...texts })));
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => (texts.stderr.includes(text) ? resolve() : undefined);
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`it ended without saying "${text}":\n${texts.stderr}`)));
      look();
    });
  return { child, ended, says };
}

export function carl(args: readonly string[], surroundings?: Surroundings): Promise<Ended> {
  return start(args, surroundings).ended;
}
