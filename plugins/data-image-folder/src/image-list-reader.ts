import { defineComponent, Path, slots, Type, unreadable } from '@carl-ssl/core';
import { access, constants } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { decodeOptions, readOptions } from './decode-options.js';
import { imagesOf } from './folder-options.js';
import { cacheLimit } from './image-cache.js';
import { readableFiles } from './readable-files.js';

export const imageListReader = defineComponent(slots.reader, {
  use: 'image-list',
  description: 'Single image files, without labels.',
  options: Type.Object(
    {
      files: Type.Array(Path({ description: 'An image.' }), { minItems: 1, description: 'Images in order.' }),
      ...decodeOptions,
      ...readOptions,
    },
    { additionalProperties: false },
  ),
  create: options => ({
    read: async () => {
      await Promise.all(options.files.map(checkReadable));
      const folders = new Set(options.files.map(dirname));
      const [folder] = folders;
      const listed =
        folders.size === 1
          ? { root: folder, paths: options.files.map(file => basename(file)) }
          : { root: '', paths: options.files };
      const files = options.onCorrupt === 'skip' ? await readableFiles(listed, options) : listed;
      return imagesOf(files, options, cacheLimit(options.cacheMegabytes * 2 ** 20));
    },
  }),
});

/** Finds a wrong path when the list is read rather than at the first image. @throws CarlError INPUT_FILE */
async function checkReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
}
