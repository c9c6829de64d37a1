import type { EvaluationControl } from '../contracts/evaluator.js';
import type { ImageSet } from '../contracts/image-set.js';
import { CarlError } from '../errors/carl-error.js';
import type { TrainedNetwork } from '../export/trained-network.js';
import { imageRows, rowOf, toUnitLength } from './image-rows.js';
import { Largest } from './largest.js';
import { namedImage, type NamedImage } from './named-image.js';
import type { QueryImage } from './query-image.js';

/** The images among which neighbours are looked for. */
export interface NeighbourSearch {
  readonly images: ImageSet;
  /** Number of neighbours. */
  readonly count: number;
  /** Place of the query in the set, which is not its own neighbour. */
  readonly self?: number;
  readonly control: EvaluationControl;
}

/** The most similar images, the most similar first. */
export interface Neighbours {
  readonly query: NamedImage;
  /** Number of images that were compared. */
  readonly compared: number;
  readonly neighbours: readonly (NamedImage & { readonly cosine: number })[];
}

/** Finds the images whose features have the largest cosine to those of one image. @throws CarlError INPUT_DATA, INPUT_WEIGHTS */
export async function neighboursOf(
  network: TrainedNetwork,
  query: QueryImage,
  { images, count, self, control }: NeighbourSearch,
): Promise<Neighbours> {
  const compared = images.length - (self === undefined ? 0 : 1);
  if (compared === 0) throw new CarlError('INPUT_DATA', 'There is no other image to compare with.');
  const subject = network.open();
  const { features } = subject;
  const { dim } = features;
  const largest = new Largest(count);
  try {
    const rowsOf = features.apply.bind(features);
    const own = toUnitLength(await rowOf(network, query, rowsOf), dim);
    for await (const { from, count: rows, rows: data } of imageRows(network, { images, rowsOf, control }))
      addCosines(largest, own, { from, rows: toUnitLength(data, dim), count: rows, self });
  } finally {
    subject.close();
  }
  return {
    query: { ...namedImage(query.images, query.index), name: query.text },
    compared,
    neighbours: largest.entries.map(({ value, place }) => ({ ...namedImage(images, place), cosine: value })),
  };
}

function addCosines(
  largest: Largest,
  own: Float32Array,
  block: { readonly from: number; readonly rows: Float32Array; readonly count: number; readonly self?: number },
): void {
  const dim = own.length;
  for (let i = 0; i < block.count; i++) {
    if (block.from + i === block.self) continue;
    let cosine = 0;
    for (let d = 0; d < dim; d++) cosine += own[d] * block.rows[i * dim + d];
    largest.add(Math.min(1, cosine), block.from + i);
  }
}
