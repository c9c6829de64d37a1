import { checkTrust } from '../catalogue/trust.js';
import { culpritOf, currentCall, outsidePlugins, pendingCalls, watchPluginCalls } from '../plugin/plugin-calls.js';
import { pluginFault } from '../plugin/plugin-error.js';
import { printable } from '../text/printable.js';
import { askTrust } from './ask-trust.js';
import { reportError } from './report-error.js';
import { callWatchdog } from './call-watchdog.js';

/** Exit status of Node where the main module waits for a promise that nothing will settle. */
const UNSETTLED = 13;

/** Time for output to be written before handles that a plugin left open are given up, in milliseconds. */
const LINGER = 1000;

/**
 * Asks before plugins from outside this project run, and keeps them from deciding how a command ends: they cannot end the process or change
 * its folder, errors that they throw later are reported like others, and calls that block the thread for too long end it with a message.
 * @returns how to tell that the command has ended
 */
export function guardPlugins(): { readonly ended: () => void } {
  let hasEnded = false;
  checkTrust(askTrust);
  watchPluginCalls(callWatchdog());
  refuseToEnd();
  process.on('uncaughtException', reportLate).on('unhandledRejection', reportLate);
  process.on('exit', code => {
    if (hasEnded || (code !== 0 && code !== UNSETTLED)) return;
    process.stderr.write(`${earlyEnd(code)}\n`);
    process.exitCode = 1;
  });
  return {
    ended: () => {
      hasEnded = true;
      if (outsidePlugins().length > 0) leave();
    },
  };
}

/** Message for a process that ends while the command waits. */
function earlyEnd(code: number): string {
  const [waiting] = pendingCalls();
  const ended = 'The process ended before the command was done';
  if (waiting) {
    const { plugin, place } = waiting;
    return printable(
      `PLUGIN_CONTRACT ${ended}: ${place} returned a promise that nothing settles. ${pluginFault(plugin)}`,
    );
  }
  const plugins = outsidePlugins();
  const cause = plugins.length === 0 ? 'the program' : `a third-party plugin (${plugins.join(', ')})`;
  const how = code === UNSETTLED ? ': it waited for a promise that nothing settles' : '';
  return printable(`${ended}${how}. This is a bug in ${cause}.`);
}

/** Ends the process although timers or connections of a plugin are open, once all output is written. */
function leave(): void {
  setTimeout(() => {
    if (process.stdout.writableLength + process.stderr.writableLength > 0) leave();
    else process.exit();
  }, LINGER).unref();
}

function reportLate(error: unknown): void {
  const call = currentCall();
  if (call?.onLateError) return call.onLateError(error);
  reportError(error, process.argv.includes('--debug'));
  process.exit(1);
}

/** Functions that end the process, or change the folder that its paths are relative to; `reallyExit` being Node's last step of `exit`. */
type Ending = 'abort' | 'chdir' | 'exit' | 'kill' | 'reallyExit';

/** Functions that a process has once throw where a plugin calls them. */
function refuseToEnd(): void {
  const ending = process as unknown as Record<Ending, (...given: unknown[]) => unknown>;
  for (const name of ['abort', 'chdir', 'exit', 'kill', 'reallyExit'] as const) {
    const own = ending[name].bind(process);
    ending[name] = (...given) => {
      const isOther = name === 'kill' && given[0] !== process.pid && Number(given[0]) > 0;
      if (!isOther) refusePlugin(`process.${name}(${given.map(String).join(', ')})`);
      return own(...given);
    };
  }
}

function refusePlugin(called: string): void {
  const error = new Error(`the plugin called ${called}`);
  if (culpritOf(error)) throw error;
}
