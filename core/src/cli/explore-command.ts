import { existsSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { Command } from 'commander';
import type { EvaluationControl } from '../contracts/evaluator.js';
import { CarlError } from '../errors/carl-error.js';
import { evaluationControl } from '../evaluate/control.js';
import { makeFolders, writeAtomic } from '../files/atomic.js';
import { printable } from '../text/printable.js';
import { countProgress } from './count-progress.js';
import { allOrNothing } from './interruptible.js';
import { withNetworkOptions, type NetworkOptions } from './network-options.js';
import { oneOf } from './parse-option.js';
import { jsonText } from '../text/json-text.js';

/** Options of commands that look at images through an encoder. */
export interface ExploreOptions extends NetworkOptions {
  readonly format: 'text' | 'json';
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly quiet?: boolean;
}

/** Adds these options, after those of the command itself. */
export function withExploreOptions(command: Command): Command {
  return withNetworkOptions(command)
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .option('--out <file>', 'also write an HTML page with the pictures')
    .option('--overwrite', 'replace the page if it exists')
    .option('--quiet', 'no progress');
}

/** @throws CarlError INPUT_ARGUMENT if the page exists and is not to be replaced, or its name is not that of a page */
export function checkPage({ out, overwrite = false }: Pick<ExploreOptions, 'out' | 'overwrite'>): void {
  if (out === undefined) return;
  if (!['.html', '.htm'].includes(extname(out).toLowerCase()))
    throw new CarlError('INPUT_ARGUMENT', `--out ${out}: the page is HTML; its name must end in .html.`);
  if (existsSync(out) && !overwrite)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--out ${out}: this exists. Name another file, or replace it with --overwrite.`,
    );
}

/** How a command shows a result. */
export interface Shown<T> {
  readonly text: (result: T) => string;
  readonly page: (result: T) => Promise<string>;
}

/**
 * Computes a result and shows it in the terminal and, if asked for, as a page.
 * @param work gets a control that shows progress in the given unit
 * @throws ExitStatus 130 after an interruption
 */
export async function exploring<T>(
  { format, out, quiet }: ExploreOptions,
  work: (control: (unit: string) => EvaluationControl) => Promise<T>,
  shown: Shown<T>,
): Promise<void> {
  const stream = quiet ? undefined : process.stderr;
  const result = await allOrNothing(
    signal => work(unit => evaluationControl(signal, countProgress(stream, unit))),
    'Stopping after this batch.',
  );
  process.stdout.write(format === 'json' ? jsonText(result) : `${printable(shown.text(result))}\n`);
  if (out === undefined) return;
  await makeFolders(dirname(out));
  await writeAtomic(out, await shown.page(result));
  stream?.write(`page: ${out}\n`);
}
