import type { Command } from 'commander';
import { componentArgument } from '../../config/component-argument.js';
import { importWeights } from '../../export/import-weights.js';
import { counted } from '../../text/counted.js';
import { printable } from '../../text/printable.js';
import { shellWord } from '../../text/shell-word.js';
import { count } from '../parse-option.js';

interface ImportOptions {
  readonly encoder: string;
  readonly out: string;
  readonly part?: string;
  readonly crop: number;
  readonly overwrite?: boolean;
}

/** Number formats that are converted. */
const LONG_NAMES: Readonly<Record<string, string>> = { F16: 'float16', BF16: 'bfloat16', F64: 'float64' };

const EXAMPLES = `
Examples:
  carl import simclr.ckpt --encoder '{ use: resnet, depth: 18 }' --out encoder.safetensors
  carl import dino.pth --encoder vit --part teacher.backbone. --out encoder.safetensors

Checkpoints are safetensors files, or PyTorch's ZIP format (.pth, .pt, .ckpt), whose pickle is read as data: no code of it runs.
The names are those of torchvision, timm (also DINO) or lightly, under any prefix. Use the result with carl evaluate --weights, or as
initialWeights of a pipeline; both also take the checkpoint itself if it has one encoder that fits.`;

export function register(command: Command): void {
  command
    .argument('<checkpoint>', 'file of another program')
    .requiredOption('--encoder <component>', 'the encoder in it, such as { use: resnet, depth: 18 }')
    .requiredOption('--out <file>', 'safetensors file to write')
    .option('--part <prefix>', 'beginning of the names of the encoder, where several in the file fit')
    .option('--crop <pixels>', 'side of the images, for encoders that depend on it', count, 224)
    .option('--overwrite', 'replace the file if it exists')
    .addHelpText('after', EXAMPLES)
    .action(importFile);
}

async function importFile(file: string, options: ImportOptions): Promise<void> {
  const { encoder, ...choice } = options;
  const result = await importWeights({ ...choice, file, encoder: componentArgument('--encoder', encoder) });
  const { naming, prefix, weights, stored, dtypes } = result;
  const place = prefix === '' ? 'without a prefix' : `under the prefix ${prefix}`;
  const others = dtypes.flatMap(dtype => (dtype in LONG_NAMES ? [LONG_NAMES[dtype]] : []));
  const converted = others.length === 0 ? '' : `, converted from ${others.join(' and ')} to float32`;
  const lines = [
    `${options.out}: ${counted(weights, 'weight')} of ${counted(stored, 'tensor')}, names of ${naming}, ${place}${converted}`,
    `evaluate: carl evaluate --weights ${shellWord(options.out)} --encoder ${shellWord(encoder)} --data FOLDER`,
    `train on: initialWeights: ${JSON.stringify(options.out)} in a pipeline`,
  ];
  process.stdout.write(`${printable(lines.join('\n'))}\n`);
}
