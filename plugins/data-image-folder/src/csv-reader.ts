import { defineComponent, Path, slots, Type, warnLeftOut } from '@carl-ssl/core';
import { csvFiles } from './csv-files.js';
import { SEPARATORS, type TableFormat } from './csv-table.js';
import { decodeOptions, readOptions } from './decode-options.js';
import { imagesOf } from './folder-options.js';
import { cacheLimit } from './image-cache.js';
import { readableFiles } from './readable-files.js';

const separators = Object.keys(SEPARATORS) as TableFormat['separator'][];

export const csvReader = defineComponent(slots.reader, {
  use: 'csv',
  description:
    'Images that a table lists by path, with or without labels: CSV files, lists of files, and annotations such as those of Tiny-ImageNet.',
  options: Type.Object(
    {
      file: Path({ description: 'The table, as text.' }),
      root: Path({ description: 'Folder of the images, to which the paths in the table are relative.' }),
      path: Type.String({ minLength: 1, default: 'path', description: 'Column of paths.' }),
      label: Type.Optional(
        Type.String({
          minLength: 1,
          description: 'Column of labels: class numbers from 0, or class names. Without it, the images have no labels.',
        }),
      ),
      header: Type.Boolean({
        default: true,
        description: 'Whether the first row names the columns. Otherwise, they are named 1, 2 and so on.',
      }),
      separator: Type.Union(
        separators.map(name => Type.Literal(name)),
        {
          default: 'comma',
          description: 'Character between columns.',
        },
      ),
      classes: Type.Optional(
        Type.Integer({
          minimum: 1,
          description: 'Number of classes, for labels that are numbers; labels must be below it.',
        }),
      ),
      ...decodeOptions,
      ...readOptions,
    },
    { additionalProperties: false },
  ),
  provides: ({ label }) => (label === undefined ? [] : ['labels']),
  create: options => ({
    read: async names => {
      const listed = await csvFiles(options, names);
      const files = options.onCorrupt === 'skip' ? await readableFiles(listed, options) : listed;
      warnLeftOut(options.root, files.leftOut ?? [], files.paths.length);
      return imagesOf(files, options, cacheLimit(options.cacheMegabytes * 2 ** 20));
    },
  }),
});
