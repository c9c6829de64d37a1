import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import type { NetworkOutput } from '../../contracts/evaluator.js';
import { evaluationControl } from '../../evaluate/control.js';
import { checkTarget, embed } from '../../export/embed.js';
import { openImages } from '../../export/image-source.js';
import { trainedNetwork } from '../../export/trained-network.js';
import { counted } from '../../text/counted.js';
import { shellWord } from '../../text/shell-word.js';
import { countProgress } from '../count-progress.js';
import { ExitStatus } from '../exit-status.js';
import { interruptible } from '../interruptible.js';
import { withNetworkOptions, type NetworkOptions } from '../network-options.js';
import { oneOf } from '../parse-option.js';

interface EmbedOptions extends NetworkOptions {
  readonly out: string;
  readonly output: NetworkOutput;
  readonly labels?: 'folders' | 'none';
  readonly skipCorrupt?: boolean;
  readonly overwrite?: boolean;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  carl embed runs/my-carl/seed-0 photos --out photos.parquet
  carl embed runs/my-carl/seed-0 test --output embeddings --out test.npz
  carl embed pipelines/imagenet/simclr.yaml photos --weights resnet50.safetensors --out photos.jsonl

The images are a folder, a file (.npz, .parquet, .csv, an image), or a split of the dataset of the run: train, validation or test.
They are prepared as for evaluation. After an interruption, the same command continues.`;

export function register(command: Command): void {
  withNetworkOptions(
    command
      .argument('<run>', 'run directory; with --weights, a pipeline in YAML')
      .argument('<images>', 'folder or file of images, or a split of the dataset')
      .requiredOption('--out <file>', 'file to write: .parquet, .npz or .jsonl'),
  )
    .option(
      '--output <name>',
      'features, embeddings or assignments',
      oneOf('features', 'embeddings', 'assignments'),
      'features',
    )
    .option('--labels <source>', 'folders: the folder of an image is its class', oneOf('folders', 'none'))
    .option('--skip-corrupt', 'leave out images of a folder or file that cannot be decoded')
    .option('--overwrite', 'replace the file if it exists')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(embedImages);
}

/**
 * Percent by which the heap may grow before garbage is collected. By default V8 lets it grow several times over, and the more the
 * more images there are, because their paths are kept.
 */
const GROWTH_PERCENT = 20;

async function embedImages(run: string, name: string, options: EmbedOptions): Promise<void> {
  const { out, output, labels, skipCorrupt, overwrite, quiet, ...choice } = options;
  checkTarget(out, overwrite);
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  const network = await trainedNetwork(run, choice);
  const images = await openImages(network, name, { labels, skipCorrupt });
  const show = countProgress(quiet ? undefined : process.stderr, 'images');
  const say = (text: string) => quiet || process.stderr.write(`${text}\n`);
  const result = await interruptible(async signal => {
    try {
      return await embed(network, {
        ...{ images, output, out, overwrite },
        control: evaluationControl(signal, show),
        onResume: done => say(`continuing after ${counted(done, 'image')} of an interrupted embedding`),
      });
    } catch (error) {
      if (signal.aborted && !existsSync(out)) return undefined;
      throw error;
    }
  }, 'Stopping after this batch.');
  if (result === undefined) {
    process.stderr.write(`embedding interrupted; finish it with: ${again(run, name, options)}\n`);
    throw new ExitStatus(130);
  }
  const { length, dim, sets } = result;
  say(`${counted(length, 'image')}, ${output} of ${dim} values${sets > 0 ? ', prototypes' : ''}: ${out}`);
}

/** The command that continues. */
function again(
  run: string,
  name: string,
  { set = [], quiet, overwrite, skipCorrupt, ...options }: EmbedOptions,
): string {
  const given = Object.entries(options).flatMap(([key, value]: [string, string | undefined]) =>
    value === undefined ? [] : [`--${key}`, value],
  );
  const flags = Object.entries({ '--skip-corrupt': skipCorrupt, '--overwrite': overwrite, '--quiet': quiet });
  const chosen = flags.flatMap(([flag, isSet]) => (isSet ? [flag] : []));
  return ['carl', 'embed', run, name, ...given, ...set.flatMap(value => ['--set', value]), ...chosen]
    .map(shellWord)
    .join(' ');
}
