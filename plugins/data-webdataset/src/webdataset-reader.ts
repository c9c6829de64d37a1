import { defineComponent, Path, slots, Type } from '@carl-ssl/core';
import { decodeOptions, readOptions, rulesOf, withoutDamaged } from '@carl-ssl/data-image-folder';
import { dirname } from 'node:path';
import { indexShards } from './open-shards.js';
import { shardImages } from './shard-images.js';

export const webdatasetReader = defineComponent(slots.reader, {
  use: 'webdataset',
  description:
    'Images in tar archives by the naming of WebDataset: consecutive entries of one name up to the first dot form a sample. Any image can be read without unpacking.',
  source: 'https://github.com/webdataset/webdataset',
  options: Type.Object(
    {
      shards: Type.Array(
        Path({ description: 'A tar archive, or several with a range of numbers: train-{000000..000146}.tar.' }),
        {
          minItems: 1,
          description: 'Archives in order. One that is compressed with gzip is decompressed into memory.',
        },
      ),
      image: Type.String({
        minLength: 1,
        default: 'jpg;jpeg;png;webp',
        description:
          'Suffix of images, or several separated by semicolons, of which the first that a sample has is used.',
      }),
      label: Type.Optional(
        Type.String({
          minLength: 1,
          description:
            'Suffix of labels, such as cls (a number as text) or json. Without it, the images have no labels.',
        }),
      ),
      labelKey: Type.Optional(Type.String({ minLength: 1, description: 'Key of the label in entries of JSON.' })),
      classes: Type.Optional(Type.Integer({ minimum: 1, description: 'Number of classes; labels must be below it.' })),
      ...decodeOptions,
      ...readOptions,
      maxMegabytes: Type.Integer({
        minimum: 1,
        maximum: 4095,
        default: 2048,
        description: 'Memory in megabytes for the content of compressed archives. Larger ones are refused.',
      }),
    },
    { additionalProperties: false },
  ),
  provides: ({ label }) => (label === undefined ? [] : ['labels']),
  create: options => ({
    read: async () => {
      const index = await indexShards(options);
      const images = shardImages({ index, decode: rulesOf(options), cache: options.cacheMegabytes * 2 ** 20 });
      if (options.onCorrupt === 'error') return images;
      return withoutDamaged(images, dirname(options.shards[0]), {
        nameOf: i => index.keys[i],
        maxSkipped: options.maxSkipped,
      });
    },
  }),
});
