import { printable } from '../text/printable.js';

/** Prints warnings of plugins, whose codes begin with `CARL_`, like all others of a command; Node.js prints the rest. */
export function printPluginWarnings(): void {
  const others = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning: NodeJS.ErrnoException) => {
    if (warning.code?.startsWith('CARL_')) process.stderr.write(`warning: ${printable(warning.message)}\n`);
    else for (const listener of others) listener.call(process, warning);
  });
}
