import { join } from 'node:path';
import type { Command } from 'commander';
import { componentArgument } from '../../config/component-argument.js';
import { CarlError } from '../../errors/carl-error.js';
import { exportNetwork } from '../../export/export-run.js';
import { lossLines } from '../../export/precision-loss.js';
import { trainedNetwork } from '../../export/trained-network.js';
import { withNetworkOptions, type NetworkOptions } from '../network-options.js';
import { oneOf } from '../parse-option.js';

interface ExportOptions extends NetworkOptions {
  readonly format: string;
  readonly out?: string;
  readonly license: string;
  readonly precision: 'float32' | 'float16';
  readonly check?: boolean;
  readonly overwrite?: boolean;
}

const EXAMPLES = `
Examples:
  carl export runs/my-carl/seed-0 --format torchvision --check
  carl export runs/my-dino/seed-0 --format timm --network teacher --license apache-2.0
  carl export runs/my-carl/seed-0 --format timm --precision float16
  carl export runs/my-carl/seed-0 --format '{ use: onnx, unitLength: true, assignments: true }' --out carl-onnx

The folder has the weights and README.md, a model card with preprocessing, quality and how to load the encoder.`;

export function register(command: Command): void {
  withNetworkOptions(
    command
      .argument('<run>', 'run directory; with --weights, a pipeline in YAML')
      .requiredOption(
        '--format <format>',
        'torchvision, timm, onnx or tfjs; with options: { use: onnx, unitLength: true }',
      ),
  )
    .option('--out <folder>', 'folder to write (default: export/FORMAT in the run directory)')
    .option('--license <id>', 'licence of the weights for the model card, such as apache-2.0', 'unknown')
    .option(
      '--precision <name>',
      'float32 or float16, which halves the files; the card states the loss in accuracy',
      oneOf('float32', 'float16'),
      'float32',
    )
    .option('--check', 'load the files again and compare features')
    .option('--overwrite', 'replace the folder of an earlier export')
    .addHelpText('after', EXAMPLES)
    .action(exportEncoder);
}

/** Evaluation that shows the loss by rounded weights. */
const MEASURED = ['evaluate=[knn]', 'evaluation.baselines=[]'];

async function exportEncoder(run: string, options: ExportOptions): Promise<void> {
  const { format: text, out, license, precision, check, overwrite, ...choice } = options;
  const given = componentArgument('--format', text);
  const format = precision === 'float16' ? { ...given, precision } : given;
  if (out === undefined && choice.weights !== undefined)
    throw new CarlError('INPUT_ARGUMENT', 'Name a folder with --out, because --weights has no run directory.');
  const set = precision === 'float16' ? [...(choice.set ?? []), ...MEASURED] : choice.set;
  const network = await trainedNetwork(run, { ...choice, set });
  const folder = out ?? join(run, 'export', format.use);
  const result = await exportNetwork(network, { format, folder, license, check, overwrite });
  process.stdout.write(`${folder}: ${result.files.join(', ')}\n`);
  for (const line of result.loss ? lossLines(result.loss) : []) process.stdout.write(`float16: ${line}\n`);
  if (!result.check) return;
  const { program, images, difference } = result.check;
  process.stdout.write(
    `checked: the features of ${images} images in ${program} differ from those of the run by at most ${difference.toExponential(1)} of the largest\n`,
  );
}
