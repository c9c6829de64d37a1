import { formatDiagnostics } from '../config/format.js';
import { CarlError } from '../errors/carl-error.js';
import { colorOf } from './terminal.js';
import { PipelineError } from '../config/pipeline-error.js';

/** Prints an error on standard error, with the stack trace if `debug` is set. */
export function reportError(error: unknown, debug: boolean): void {
  process.stderr.write(`${describe(error)}\n`);
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}

/** Errors of the system that can occur anywhere, as errors for the user; others as they are. */
export function systemError(error: unknown): unknown {
  const { code, syscall } = error as Partial<NodeJS.ErrnoException>;
  if (syscall === 'uv_cwd')
    return new CarlError('INPUT_FILE', 'The working folder does not exist any more: change to another one (cd).');
  if (code === 'EMFILE' || code === 'ENFILE')
    return new CarlError('DISK', 'Too many files are open: raise the limit, for example with `ulimit -n 1024`.');
  return error;
}

function describe(error: unknown): string {
  if (error instanceof PipelineError) return formatDiagnostics(error.diagnostics, { color: colorOf(process.stderr) });
  if (CarlError.is(error)) return `${error.code} ${error.message}`;
  const message = error instanceof Error ? error.message : String(error);
  return `unexpected error: ${message}\nThis is a bug in the program or in a third-party plugin. Run the command again with --debug and report what it prints.`;
}
