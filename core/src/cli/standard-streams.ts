import { closeSync } from 'node:fs';
import { reportError } from './report-error.js';
import { CarlError } from '../errors/carl-error.js';

/**
 * Handles text that cannot be written, because of a closed pipe, a terminal that is gone or a full disk: the command never
 * ends before its work is done. Text on standard error is dropped. Standard output is the result of a command, so an error
 * there is reported and makes the exit status 1, unless nobody reads it: a reader such as `head` closed the pipe, or the
 * terminal is gone.
 */
export function guardStandardStreams(): void {
  let [terminalGone, resultLost] = [false, false];
  process.stderr.on('error', ({ code }: NodeJS.ErrnoException) => (terminalGone ||= code === 'EIO'));
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    terminalGone ||= cause.code === 'EIO';
    if (resultLost || cause.code === 'EPIPE' || cause.code === 'EIO') return;
    resultLost = true;
    reportError(new CarlError('DISK', `standard output cannot be written: ${cause.message}`, { cause }), false);
  });
  process.on('exit', status => {
    if (resultLost && status === 0) process.exitCode = 1;
    if (terminalGone) closeTerminal();
  });
}

/** Node restores the modes of its terminal at exit, and aborts if that is gone but not closed. */
function closeTerminal(): void {
  const outputs = [process.stdout, process.stderr].filter(({ isTTY }) => isTTY);
  for (const fd of [0, ...outputs.map(stream => stream.fd)]) {
    try {
      closeSync(fd);
    } catch {
      // It was closed before.
    }
  }
}
