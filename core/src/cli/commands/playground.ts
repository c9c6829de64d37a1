import { join } from 'node:path';
import type { Command } from 'commander';
import { counted } from '../../text/counted.js';
import { writePlayground } from '../../playground/write-playground.js';

interface PlaygroundOptions {
  readonly out: string;
  readonly overwrite?: boolean;
}

const EXAMPLES = `
Examples:
  carl playground runs/my-carl/seed-0 --out playground

Open index.html of the folder in a browser; no server is needed. The page computes with the GPU of its visitor by WebGPU, or with
WebAssembly. It shows images of the run's data: do not publish it if these must not be seen.`;

export function register(command: Command): void {
  command
    .argument('<run>', 'run directory')
    .requiredOption('--out <folder>', 'folder to write')
    .option('--overwrite', 'replace the folder of an earlier playground')
    .addHelpText('after', EXAMPLES)
    .action(playground);
}

async function playground(run: string, { out, overwrite }: PlaygroundOptions): Promise<void> {
  const { images, bytes } = await writePlayground(run, out, { overwrite });
  process.stdout.write(
    `${join(out, 'index.html')}: ${counted(images, 'image')} of the run, ${(bytes / 1e6).toFixed(1)} MB; open it in a browser\n`,
  );
}
