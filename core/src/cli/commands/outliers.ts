import { InvalidArgumentError, type Command } from 'commander';
import { findOutliers } from '../../explore/outliers.js';
import { outliersPage } from '../../explore/outliers-page.js';
import { outliersText } from '../../explore/outliers-text.js';
import { openImages } from '../../export/image-source.js';
import { trainedNetwork } from '../../export/trained-network.js';
import { checkPage, exploring, withExploreOptions, type ExploreOptions } from '../explore-command.js';
import { count } from '../parse-option.js';

interface OutliersOptions extends ExploreOptions {
  readonly count: number;
  readonly k: number;
  readonly threshold: number;
  readonly skipCorrupt?: boolean;
}

const EXAMPLES = `
Examples:
  carl outliers runs/my-carl/seed-0 photos --out outliers.html
  carl outliers runs/my-carl/seed-0 train --threshold 0.995 --format json

An outlier is far from its neighbour number k in the space of the features; near duplicates have a cosine above the threshold.
Both depend on the encoder: look at the page before you delete images. \`carl data\` finds files that are equal or damaged.`;

export function register(command: Command): void {
  withExploreOptions(
    command
      .argument('<run>', 'run directory; with --weights, a pipeline in YAML')
      .argument('[images]', 'folder or file of images, or a split of the dataset', 'train')
      .option('--count <number>', 'number of outliers', count, 20)
      .option('--k <number>', 'neighbour that the distance of an outlier is measured to', count, 10)
      .option('--threshold <cosine>', 'cosine above which two images are near duplicates', cosine, 0.99)
      .option('--skip-corrupt', 'leave out images of a folder or file that cannot be decoded'),
  )
    .addHelpText('after', EXAMPLES)
    .action(outliers);
}

async function outliers(run: string, data: string, options: OutliersOptions): Promise<void> {
  const { count, k, threshold, skipCorrupt, format, out, quiet, ...choice } = options;
  checkPage(options);
  const network = await trainedNetwork(run, choice);
  const images = await openImages(network, data, { skipCorrupt });
  await exploring(
    options,
    control =>
      findOutliers(network, {
        ...{ images, count, k, threshold, out },
        control: control('images'),
        comparison: control('images compared'),
      }),
    { text: outliersText, page: found => outliersPage(found, data, images) },
  );
}

function cosine(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > -1 && value < 1))
    throw new InvalidArgumentError('It must be a number between -1 and 1.');
  return value;
}
