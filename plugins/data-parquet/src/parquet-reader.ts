import { defineComponent, Path, slots, Type } from '@carl-ssl/core';
import { decodeOptions, readOptions, rulesOf, withoutDamaged } from '@carl-ssl/data-image-folder';
import { dirname } from 'node:path';
import { parquetImages, readRows } from './parquet-images.js';

export const parquetReader = defineComponent(slots.reader, {
  use: 'parquet',
  description:
    'Images in Parquet files as Hugging Face writes them: a column of encoded images and one of class numbers. Encoded images are kept in memory.',
  source: 'https://huggingface.co/docs/datasets/image_dataset',
  options: Type.Object(
    {
      files: Type.Array(Path({ description: 'A Parquet file.' }), { minItems: 1, description: 'Files in order.' }),
      image: Type.String({
        minLength: 1,
        default: 'image',
        description: 'Column of images: structures with the field bytes, or binary values.',
      }),
      label: Type.Optional(
        Type.String({ minLength: 1, description: 'Column of class numbers. Without it, the images have no labels.' }),
      ),
      classes: Type.Optional(Type.Integer({ minimum: 1, description: 'Number of classes; labels must be below it.' })),
      ...decodeOptions,
      ...readOptions,
      maxMegabytes: Type.Integer({
        minimum: 1,
        default: 4096,
        description:
          'Memory in megabytes for the encoded images of all files. Larger files are refused before they are read.',
      }),
    },
    { additionalProperties: false },
  ),
  provides: ({ label }) => (label === undefined ? [] : ['labels']),
  create: options => ({
    read: async () => {
      const rows = await readRows(options);
      const images = parquetImages({ rows, decode: rulesOf(options), cache: options.cacheMegabytes * 2 ** 20 });
      if (options.onCorrupt === 'error') return images;
      return withoutDamaged(images, dirname(options.files[0]), {
        nameOf: i => `row ${i}`,
        maxSkipped: options.maxSkipped,
      });
    },
  }),
});
