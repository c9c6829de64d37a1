import type { Command } from 'commander';
import { assigned, type ImageAssignment } from '../../explore/assigned.js';
import { assignedPage } from '../../explore/assigned-page.js';
import { titleOf } from '../../explore/named-image.js';
import { openQuery } from '../../explore/query-image.js';
import { openImages } from '../../export/image-source.js';
import { trainedNetwork } from '../../export/trained-network.js';
import { checkPage, exploring, withExploreOptions, type ExploreOptions } from '../explore-command.js';
import { count } from '../parse-option.js';

interface AssignOptions extends ExploreOptions {
  readonly count: number;
  readonly among?: string;
  readonly examples: number;
}

const EXAMPLES = `
Examples:
  carl assign runs/my-carl/seed-0 cat.jpg
  carl assign runs/my-carl/seed-0 cat.jpg --among train --out cat.html
  carl assign runs/my-carl/seed-0 test:5 --count 3 --format json

With --among, each prototype is shown with the images that have its largest probabilities. For a method with several sets of
prototypes, each set has an assignment of its own.`;

export function register(command: Command): void {
  withExploreOptions(
    command
      .argument('<run>', 'run directory of a method with prototypes; with --weights, a pipeline in YAML')
      .argument('<image>', 'image file, or an image of the dataset: test:5')
      .option('--count <number>', 'number of prototypes', count, 5)
      .option('--among <images>', 'images for examples of the prototypes: folder, file, or split of the dataset')
      .option('--examples <number>', 'number of examples of each prototype', count, 8),
  )
    .addHelpText('after', EXAMPLES)
    .action(assign);
}

async function assign(run: string, image: string, options: AssignOptions): Promise<void> {
  const { count, among, examples, format, out, quiet, ...choice } = options;
  checkPage(options);
  const network = await trainedNetwork(run, choice);
  const query = await openQuery(network, image);
  const images = among === undefined ? undefined : await openImages(network, among);
  const source = images && { images };
  await exploring(
    options,
    control => assigned(network, query, { count, ...source, examples, control: control('images') }),
    { text: assignedText, page: result => assignedPage(result, { ...source, of: query }) },
  );
}

function assignedText({ sets }: ImageAssignment): string {
  return sets
    .flatMap(({ size, prototypes }, set) => [
      `${sets.length > 1 ? `set ${set}: ` : ''}the most probable of ${size} prototypes`,
      ...prototypes.flatMap(({ prototype, probability, examples = [] }) => [
        `  ${`${(100 * probability).toFixed(1)}%`.padStart(6)}  prototype ${prototype}`,
        ...examples.map(one => `            ${(100 * one.probability).toFixed(1)}%  ${titleOf(one)}`),
      ]),
    ])
    .join('\n');
}
