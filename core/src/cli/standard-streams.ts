import { reportError } from './report-error.js';
import { CarlError } from '../errors/carl-error.js';

/**
 * Handles write errors of standard output and standard error. If a reader such as `head` closes the pipe, the command
 * continues without output. Any other error ends it; for standard output, the error is reported on standard error.
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
