import type { EvaluationControl } from '../contracts/evaluator.js';
import type { ImageSet } from '../contracts/image-set.js';
import { CarlError } from '../errors/carl-error.js';
import { mappedRows } from '../evaluate/mapped-features.js';
import type { OutputMap } from '../evaluate/network-output.js';
import type { TrainedNetwork } from '../export/trained-network.js';
import { imageRows, rowOf, type RowsOf } from './image-rows.js';
import { Largest } from './largest.js';
import { namedImage, type NamedImage } from './named-image.js';
import type { QueryImage } from './query-image.js';

/** Prototypes and examples that are listed. */
export interface AssignmentChoice {
  /** Number of prototypes of each set. */
  readonly count: number;
  /** Images from which the examples of a prototype are taken; without them there are none. */
  readonly images?: ImageSet;
  /** Number of examples of each prototype. */
  readonly examples: number;
  readonly control: EvaluationControl;
}

/** The assignment of an image in each set of prototypes. */
export interface ImageAssignment {
  readonly query: NamedImage;
  readonly sets: readonly AssignedSet[];
}

interface AssignedSet {
  /** Number of prototypes of the set. */
  readonly size: number;
  /** The most probable ones, the most probable first. */
  readonly prototypes: readonly AssignedPrototype[];
}

export interface AssignedPrototype {
  /** Row among the prototypes of the set. */
  readonly prototype: number;
  readonly probability: number;
  /** The images with the largest probabilities of this prototype. */
  readonly examples?: readonly (NamedImage & { readonly probability: number })[];
}

/**
 * Assigns an image to prototypes, as the network of the run does.
 * @throws CarlError INPUT_ARGUMENT for a network without prototypes, INPUT_DATA
 */
export async function assigned(
  network: TrainedNetwork,
  query: QueryImage,
  choice: AssignmentChoice,
): Promise<ImageAssignment> {
  if (!network.network.assigner)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `The method of this run has no prototypes (its pipeline has no \`assigner\`), so that images cannot be assigned. \`carl neighbours\` works with every encoder.`,
    );
  const subject = network.open();
  try {
    const map = subject.output!('assignments');
    try {
      return await listed({ network, rowsOf: probabilities(subject.features.apply.bind(subject.features), map), sizes: map.prototypeSets! }, query, choice); // prettier-ignore
    } finally {
      map.close();
    }
  } finally {
    subject.close();
  }
}

/** Rows of the probabilities of all prototypes. */
function probabilities(features: RowsOf, map: OutputMap): RowsOf {
  return async images => {
    const rows = await features(images);
    return mappedRows(map, rows, rows.length / images.shape[0]);
  };
}

interface Source {
  readonly network: TrainedNetwork;
  readonly rowsOf: RowsOf;
  readonly sizes: readonly number[];
}

async function listed(source: Source, query: QueryImage, choice: AssignmentChoice): Promise<ImageAssignment> {
  const { network, rowsOf, sizes } = source;
  const row = await rowOf(network, query, rowsOf);
  const firsts = sizes.map((_, set) => sizes.slice(0, set).reduce((a, b) => a + b, 0));
  const chosen = sizes.map((size, set) => mostProbable(row.subarray(firsts[set], firsts[set] + size), choice.count));
  const places = chosen.flatMap((prototypes, set) => prototypes.map(({ prototype }) => firsts[set] + prototype));
  const examples = await examplesOf(source, places, choice);
  return {
    query: { ...namedImage(query.images, query.index), name: query.text },
    sets: sizes.map((size, set) => ({
      size,
      prototypes: chosen[set].map(one => ({ ...one, ...examples(firsts[set] + one.prototype) })),
    })),
  };
}

function mostProbable(row: Float32Array, count: number): readonly AssignedPrototype[] {
  const largest = new Largest(count);
  row.forEach((value, prototype) => largest.add(value, prototype));
  return largest.entries.map(({ value, place }) => ({ prototype: place, probability: value }));
}

/** The images with the largest probabilities of some prototypes, by the column of the prototype. */
async function examplesOf(
  { network, rowsOf }: Source,
  columns: readonly number[],
  { images, examples, control }: AssignmentChoice,
): Promise<(column: number) => Pick<AssignedPrototype, 'examples'>> {
  if (!images) return () => ({});
  const largest = new Map(columns.map(column => [column, new Largest(examples)]));
  for await (const { from, count, rows } of imageRows(network, { images, rowsOf, control })) {
    const width = rows.length / count;
    for (const [column, list] of largest) for (let i = 0; i < count; i++) list.add(rows[i * width + column], from + i);
  }
  return column => ({
    examples: largest
      .get(column)!
      .entries.map(({ value, place }) => ({ ...namedImage(images, place), probability: value })),
  });
}
