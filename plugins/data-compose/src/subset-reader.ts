import {
  CarlError,
  Components,
  defineComponent,
  Nested,
  Path,
  seededStreams,
  slots,
  subset,
  Type,
  type ImageSet,
  type Static,
} from '@carl-ssl/core';
import { drawPlaces, type Amount } from './draw-places.js';
import { placesInList } from './places-in-list.js';

const options = Type.Object(
  {
    of: Nested('reader', { description: 'Reader of all images.' }),
    fraction: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: 'Fraction of the images to draw; of each class if there are labels.',
      }),
    ),
    perClass: Type.Optional(Type.Integer({ minimum: 1, description: 'Number of images to draw of each class.' })),
    count: Type.Optional(Type.Integer({ minimum: 1, description: 'Number of images to draw, whatever their class.' })),
    list: Type.Optional(
      Path({
        description:
          'Text file with one image per line, as path relative to the folder of the images or as file name alone, such as 1percent.txt of SimCLR. Takes exactly these images, in the order of the set.',
      }),
    ),
    seed: Type.Integer({
      minimum: 0,
      default: 0,
      description: 'Seed of the draw. The same seed always draws the same images.',
    }),
  },
  { additionalProperties: false },
);

type Options = Readonly<Static<typeof options>>;

const AMOUNTS = ['fraction', 'perClass', 'count', 'list'] as const;

/** Composes a reader of another: some of its images. */
export const subsetReader = defineComponent(slots.reader, {
  use: 'subset',
  description:
    'Part of the images of another reader: a fraction, a number, a number of each class, or those of a list.',
  options,
  provides: ({ of }, nested) => nested(of),
  inject: { components: Components },
  refuse: given => {
    const set = AMOUNTS.filter(key => given[key] !== undefined);
    if (set.length === 1) return [];
    const message = `Set exactly one of ${AMOUNTS.map(key => `\`${key}\``).join(', ')}; ${set.length === 0 ? 'none is set' : `${set.join(' and ')} are set`}.`;
    return [{ code: 'SUBSET_AMOUNT', path: set.at(1) ?? 'use', message }];
  },
  create: (given: Options, { components }) => {
    const reader = components.create(slots.reader, given.of);
    return { read: async classes => partOf(await reader.read(classes), given) };
  },
});

async function partOf(images: ImageSet, { list, seed, fraction, perClass, count }: Options): Promise<ImageSet> {
  if (list !== undefined) return subset(images, await placesInList(images, list), images.leftOut);
  const amount: Amount = {
    ...(fraction !== undefined && { fraction }),
    ...(perClass !== undefined && { perClass }),
    ...(count !== undefined && { count }),
  };
  const places = drawPlaces(images, amount, seededStreams(seed).at('subset'));
  if (places.length === 0)
    throw new CarlError('INPUT_DATA', `The subset of ${images.length} images is empty. Raise \`fraction\`.`);
  return subset(images, places, images.leftOut);
}
