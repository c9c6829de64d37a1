import { createInterface } from 'node:readline';
import type { OutsidePlugin, TrustCheck } from '../catalogue/trust.js';
import { messageOf } from '../text/message-of.js';
import { printable } from '../text/printable.js';
import { ExitStatus } from './exit-status.js';
import { isRecorded, record } from './trusted-plugins.js';

/** Environment variable for scripts: `1` runs every plugin and records nothing. Processes that a command starts inherit it. */
const TRUST = 'CARL_TRUST';

let hasOption = false;

/** Answers the question about every plugin of this command, and of processes that it starts, with yes. */
export function trustAll(): void {
  hasOption = true;
  process.env[TRUST] = '1';
}

/** Trusts plugins that the user has trusted before, by --trust or by answering; asks only on a terminal. */
export const askTrust: TrustCheck = async plugin => {
  if (process.env[TRUST] === '1' && !hasOption) return true;
  if (await isRecorded(plugin)) return true;
  const isTrusted = hasOption || (await ask(plugin));
  if (isTrusted) await record(plugin).catch(warn);
  return isTrusted;
};

/** Trusts the same plugins but does not ask. */
export const trustsQuietly: TrustCheck = async plugin => process.env[TRUST] === '1' || hasOption || isRecorded(plugin);

function warn(error: unknown): void {
  process.stderr.write(`warning: the answer cannot be kept, ${printable(messageOf(error))}\n`);
}

/** Text before the question. */
function introduction({ name, version, path, listedIn }: OutsidePlugin): string {
  const lines = [
    `${listedIn} lists the plugin \`${name}\` (${version}), a program from outside this project:`,
    `  ${path}`,
  ];
  return `${printable([...lines, 'It can read and change every file that you can.'].join('\n'))}\n`;
}

/** Asks the user; no where standard input or standard error is not a terminal. */
async function ask(plugin: OutsidePlugin): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      lines.on('SIGINT', () => reject(new ExitStatus(130))).on('close', () => resolve(''));
      process.stderr.write(introduction(plugin));
      lines.question('Run it, now and later? [y/N] ', resolve);
    });
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    lines.close();
  }
}
