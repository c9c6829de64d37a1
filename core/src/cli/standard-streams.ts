import { reportError } from './report-error.js';
import { CarlError } from '../errors/carl-error.js';

/**
 * What becomes of text that cannot be written. A reader such as `head` that closes the pipe is no reason to end a
 * training, nor to print a stack trace; anything else is an error, told on the other stream.
 */
export function guardStandardStreams(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EPIPE') return;
      if (stream === process.stdout)
        reportError(new CarlError('DISK', `standard output cannot be written: ${cause.message}`, { cause }), false);
      process.exit(1);
    });
  }
}
