import { dirname } from 'node:path';
import type { Command } from 'commander';
import { formatDiagnostics } from '../../config/format.js';
import { loadPipeline } from '../../config/load.js';
import { Augmenter } from '../../contracts/augmenter.js';
import { Streams } from '../../contracts/random.js';
import { CarlError } from '../../errors/carl-error.js';
import { makeFolders, writeAtomic } from '../../files/atomic.js';
import { sampleViews } from '../../report/view-samples.js';
import { viewsPage } from '../../report/views-sheet.js';
import { openPipeline } from '../../run/open-pipeline.js';
import { collect, count, integer } from '../parse-option.js';
import { colorOf } from '../terminal.js';

interface ViewsOptions {
  readonly out: string;
  readonly images: number;
  readonly epoch: number;
  readonly seed?: number;
  readonly set?: readonly string[];
}

/** Images on a page that a browser opens quickly. */
const MOST_IMAGES = 100;

const EXAMPLES = `
Examples:
  carl views my.yaml                                  the views of the first 8 images of epoch 1
  carl views my.yaml --epoch 5 --seed 1 --images 20   those that a training with seed 1 sees in epoch 5
  carl views my.yaml --set augmenter.minScale=0.05 --out small-crops.html`;

export function register(command: Command): void {
  command
    .argument('<file>', 'pipeline in YAML')
    .option('--out <file>', 'HTML file to write', 'views.html')
    .option('--images <number>', `images to show, at most ${MOST_IMAGES}`, count, 8)
    .option('--epoch <number>', 'epoch whose views are made, from 1', count, 1)
    .option('--seed <number>', 'seed of the training', integer)
    .option('--set <key=value>', 'change a value of the pipeline; can be repeated', collect)
    .addHelpText('after', EXAMPLES)
    .action(views);
}

async function views(file: string, { out, images, epoch, ...options }: ViewsOptions): Promise<void> {
  if (images > MOST_IMAGES)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--images ${images}: a page shows at most ${MOST_IMAGES} images. Use --epoch or --seed to see others.`,
    );
  const { experiment, warnings } = await openPipeline(await loadPipeline(file, options));
  if (warnings.length > 0) process.stderr.write(`${formatDiagnostics(warnings, { color: colorOf(process.stderr) })}\n`);
  const { pipeline, services, train } = experiment;
  const source = { images: train, augmenter: services.get(Augmenter), streams: services.get(Streams) };
  const samples = await sampleViews(source, { epoch: epoch - 1, count: images });
  const head = { name: pipeline.name, augmenter: pipeline.augmenter.use, seed: pipeline.seed, epoch };
  await makeFolders(dirname(out));
  await writeAtomic(out, viewsPage(head, samples));
  process.stdout.write(`${out}\n`);
}
