import { formatDiagnostics } from '../config/format.js';
import { CarlError } from '../errors/carl-error.js';
import { colorOf } from './terminal.js';
import { PipelineError } from '../config/pipeline-error.js';

/** Tells the user what went wrong, on standard error; the stack trace only if asked for. */
export function reportError(error: unknown, debug: boolean): void {
  process.stderr.write(`${describe(error)}\n`);
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}

function describe(error: unknown): string {
  if (error instanceof PipelineError) return formatDiagnostics(error.diagnostics, { color: colorOf(process.stderr) });
  if (CarlError.is(error)) return `${error.code} ${error.message}`;
  const message = error instanceof Error ? error.message : String(error);
  return `unexpected error: ${message}\nThis is a fault of the program, or of a plugin that is not from this project. Run the command again with --debug and report what it prints.`;
}
