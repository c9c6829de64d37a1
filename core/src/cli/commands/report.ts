import { join } from 'node:path';
import type { Command } from 'commander';
import { writeAtomic } from '../../files/atomic.js';
import { reportOn } from '../../report/report.js';

export function register(command: Command): void {
  command
    .argument('[folder]', 'run directory, or folder of runs', 'runs')
    .option('--out <file>', 'HTML file to write (default: report.html in the folder)')
    .addHelpText('after', '\nExample:\n  carl report runs/methods --out methods.html')
    .action(report);
}

async function report(folder: string, { out = join(folder, 'report.html') }: { readonly out?: string }): Promise<void> {
  await writeAtomic(out, await reportOn(folder));
  process.stdout.write(`${out}\n`);
}
