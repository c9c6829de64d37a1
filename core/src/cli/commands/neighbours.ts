import type { Command } from 'commander';
import { openImages } from '../../export/image-source.js';
import { trainedNetwork } from '../../export/trained-network.js';
import { neighboursOf, type Neighbours } from '../../explore/neighbours.js';
import { neighboursPage } from '../../explore/neighbours-page.js';
import { titleOf } from '../../explore/named-image.js';
import { openQuery, placeIn } from '../../explore/query-image.js';
import { columns } from '../../text/tables.js';
import { checkPage, exploring, withExploreOptions, type ExploreOptions } from '../explore-command.js';
import { count } from '../parse-option.js';

interface NeighboursOptions extends ExploreOptions {
  readonly among: string;
  readonly count: number;
}

const EXAMPLES = `
Examples:
  carl neighbours runs/my-carl/seed-0 cat.jpg
  carl neighbours runs/my-carl/seed-0 cat.jpg --among photos --count 20 --out cat.html
  carl neighbours runs/my-carl/seed-0 test:5 --format json

The similarity is the cosine of the features. An image that is among the searched ones is not its own neighbour.`;

export function register(command: Command): void {
  withExploreOptions(
    command
      .argument('<run>', 'run directory; with --weights, a pipeline in YAML')
      .argument('<image>', 'image file, or an image of the dataset: test:5')
      .option('--among <images>', 'images to search: folder, file, or split of the dataset', 'train')
      .option('--count <number>', 'number of neighbours', count, 10),
  )
    .addHelpText('after', EXAMPLES)
    .action(neighbours);
}

async function neighbours(run: string, image: string, options: NeighboursOptions): Promise<void> {
  const { among, count, format, out, quiet, ...choice } = options;
  checkPage(options);
  const network = await trainedNetwork(run, choice);
  const query = await openQuery(network, image);
  const images = await openImages(network, among);
  const self = placeIn(query, among, images);
  await exploring(
    options,
    control => neighboursOf(network, query, { images, count, self, control: control('images') }),
    { text: neighboursText, page: result => neighboursPage(result, { among, images, of: query }) },
  );
}

function neighboursText({ neighbours }: Neighbours): string {
  return columns(neighbours.map(one => [one.cosine.toFixed(4), titleOf(one)]));
}
