import { once } from 'node:events';
import type { Command } from 'commander';
import { isLoopback } from '../../serve/gate.js';
import { startDashboard } from '../../serve/dashboard.js';
import { interruptible } from '../interruptible.js';
import { port } from '../parse-option.js';
import { reportError } from '../report-error.js';

interface ServeFlags {
  readonly host: string;
  readonly port: number;
}

export function register(command: Command): void {
  command
    .argument('[folder]', 'run directory, or folder of runs', 'runs')
    .option('--port <number>', 'port to listen on; 0 for any free one', port, 0)
    .option('--host <address>', 'address to listen on; others than the default are open to the network', '127.0.0.1')
    .addHelpText('after', '\nExample:\n  carl serve runs/methods --port 8300')
    .action(serve);
}

async function serve(folder: string, { host, port }: ServeFlags): Promise<void> {
  const dashboard = await startDashboard(folder, { host, port, report: error => reportError(error, true) });
  process.stdout.write(`${dashboard.address}\n`);
  if (!isLoopback(host)) process.stderr.write(`${OPEN}\n`);
  process.stderr.write('Open this address in a browser. Press Ctrl-C to stop.\n');
  await interruptible(signal => once(signal, 'abort'), 'Stopping the server.');
  await dashboard.close();
}

const OPEN =
  'The runs can be read from the network by everyone who has this address with its token. The connection is not encrypted; ' +
  'an SSH tunnel to the default host is safer.';
