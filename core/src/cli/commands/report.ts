import { join } from 'node:path';
import type { Command } from 'commander';
import { writeAtomic } from '../../files/atomic.js';
import { reportOn } from '../../report/report.js';

interface ReportOptions {
  readonly out?: string;
  /** False with --no-images. */
  readonly images: boolean;
}

const EXAMPLES = `
Examples:
  carl report runs/methods --out methods.html
  carl report runs/methods --no-images      without maps, prototypes and views: runs no encoder

Maps of features, prototypes and views are made of the first run of each pipeline, by running its encoder on some hundred images.
They are kept in the run directory, so that the next report needs no encoder.`;

export function register(command: Command): void {
  command
    .argument('[folder]', 'run directory, or folder of runs', 'runs')
    .option('--out <file>', 'HTML file to write (default: report.html in the folder)')
    .option('--no-images', 'leave out the sections that need the data and the encoder')
    .addHelpText('after', EXAMPLES)
    .action(report);
}

async function report(folder: string, { images, out = join(folder, 'report.html') }: ReportOptions): Promise<void> {
  await writeAtomic(out, await reportOn(folder, images ? 'encoders' : 'none'));
  process.stdout.write(`${out}\n`);
}
