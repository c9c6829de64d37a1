import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { makeFolders, writeAtomic } from '../../files/atomic.js';
import { REPORT_FORMATS, reportAs, type ReportFormat } from '../../report/report.js';
import { collect, oneOf } from '../parse-option.js';

interface ReportOptions {
  readonly out?: string;
  readonly format: ReportFormat;
  /** False with --no-images. */
  readonly images: boolean;
  readonly add?: readonly string[];
}

const EXAMPLES = `
Examples:
  carl report runs/methods --out methods.html
  carl report runs/methods --format latex   the table of results for a paper
  carl report runs/methods --add swav.json  with results of others in the tables
  carl report runs/methods --no-images      without maps, prototypes and views: runs no encoder

Maps of features, prototypes and views are made of the first run of each pipeline, by running its encoder on some hundred images.
They are kept in the run directory, so that the next report needs no encoder.`;

export function register(command: Command): void {
  command
    .argument('[folder]', 'run directory, or folder of runs', 'runs')
    .option('--out <file>', 'file to write (default: report.html in the folder)')
    .option(
      '--format <format>',
      'html; json with all prototypes; csv, markdown or latex for the table of results',
      oneOf('html', 'json', 'csv', 'markdown', 'latex'),
      'html',
    )
    .option(
      '--add <path>',
      'finished runs, or a JSON file of results of others, to add to the tables; can be repeated',
      collect,
    )
    .option('--no-images', 'leave out the sections that need the data and the encoder')
    .addHelpText('after', EXAMPLES)
    .action(report);
}

async function report(folder: string, { images, format, add = [], ...options }: ReportOptions): Promise<void> {
  const { out = join(folder, `report.${REPORT_FORMATS[format]}`) } = options;
  await makeFolders(dirname(out));
  await writeAtomic(out, await reportAs(folder, format, { source: images ? 'encoders' : 'none', added: add }));
  process.stdout.write(`${out}\n`);
}
