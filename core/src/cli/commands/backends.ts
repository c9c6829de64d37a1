import type { Command } from 'commander';
import { backendCandidates } from '../../backend/candidates.js';
import { chooseBackend, type BackendReport } from '../../backend/choose.js';
import { loadFirstParty } from '../../catalogue/load.js';
import { oneOf } from '../parse-option.js';

interface BackendsOptions {
  readonly format: 'text' | 'json';
}

const EXAMPLES = `
The one marked * is what \`backend: { use: auto }\` takes.

Examples:
  carl backends                  what computes here, and how to get more
  carl backends --format json    the same for programs`;

export function register(command: Command): void {
  command
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', EXAMPLES)
    .action(backends);
}

async function backends({ format }: BackendsOptions): Promise<void> {
  const { report } = await chooseBackend(backendCandidates(await loadFirstParty()), 'auto');
  const text = format === 'json' ? JSON.stringify(report, undefined, 2) : backendsText(report);
  process.stdout.write(`${text}\n`);
}

/** The report as a table: mark, name, whether it can be used, why (not); remedies on lines of their own. */
export function backendsText(report: readonly BackendReport[]): string {
  const width = Math.max(...report.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 10);
  return report
    .flatMap(({ name, available, reason, remedy, taken }) => [
      `${taken ? '*' : ' '} ${name.padEnd(width)}  ${available ? 'yes' : 'no '}   ${reason}`,
      ...(remedy === undefined ? [] : [`${indent}${remedy}`]),
    ])
    .join('\n');
}
