import { formatDiagnostics } from '../config/format.js';
import { CreationError } from '../container/creation-error.js';
import { CarlError } from '../errors/carl-error.js';
import { culpritOf, currentCall, outsidePlugins } from '../plugin/plugin-calls.js';
import { pluginFault } from '../plugin/plugin-error.js';
import { messageOf } from '../text/message-of.js';
import { printable } from '../text/printable.js';
import { colorOf } from './terminal.js';
import { PipelineError } from '../config/pipeline-error.js';

/** Prints an error on standard error, with the stack trace if `debug` is set. */
export function reportError(error: unknown, debug: boolean): void {
  process.stderr.write(`${describe(error)}\n`);
  if (debug) for (const stack of stacksOf(error)) process.stderr.write(`${printable(stack)}\n`);
}

/** Stacks of an error and of its causes. */
function stacksOf(error: unknown, depth = 0): readonly string[] {
  const [stack, cause] = ['stack', 'cause'].map(key => ownValue(error, key));
  const own = typeof stack === 'string' ? [stack] : [];
  return cause === undefined || depth > 8 ? own : [...own, ...stacksOf(cause, depth + 1)];
}

/** A property as it is stored: an error of a plugin may have getters that throw. */
function ownValue(error: unknown, key: string): unknown {
  return error instanceof Error ? Object.getOwnPropertyDescriptor(error, key)?.value : undefined;
}

/** Errors of the system that can occur anywhere, as errors for the user; others as they are. */
export function systemError(error: unknown): unknown {
  const [code, syscall] = ['code', 'syscall'].map(key => ownValue(error, key));
  if (syscall === 'uv_cwd')
    return new CarlError('INPUT_FILE', 'The working folder does not exist any more: change to another one (cd).');
  if (code === 'EMFILE' || code === 'ENFILE')
    return new CarlError('DISK', 'Too many files are open: raise the limit, for example with `ulimit -n 1024`.');
  return error;
}

function describe(error: unknown): string {
  if (error instanceof PipelineError) return formatDiagnostics(error.diagnostics, { color: colorOf(process.stderr) });
  return printable(describePlainly(error));
}

function describePlainly(error: unknown): string {
  if (error instanceof CreationError && !CarlError.is(error.cause)) return describePlainly(error.cause);
  if (CarlError.is(error)) return `${error.code} ${error.message}`;
  const { plugin, place } = culpritOf(error) ?? currentCall() ?? {};
  if (plugin !== undefined)
    return `PLUGIN_CONTRACT plugin \`${plugin}\`: ${messageOf(error)}, at ${place}. ${pluginFault(plugin)}`;
  const others = outsidePlugins();
  const fault = others.length === 0 ? 'the program' : `a third-party plugin (${others.join(', ')}) or in the program`;
  return `unexpected error: ${messageOf(error)}\nThis is a bug in ${fault}. Run the command again with --debug and report what it prints.`;
}
