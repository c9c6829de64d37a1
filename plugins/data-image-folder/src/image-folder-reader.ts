import { defineComponent, Path, slots, Type } from '@carl-ssl/core';
import { folderOptions, imagesOf, listFiles, suffixFindings } from './folder-options.js';
import { cacheLimit } from './image-cache.js';
import { refuseSplitFolders } from './split-folders.js';

export const imageFolderReader = defineComponent(slots.reader, {
  use: 'image-folder',
  description:
    "All images below a folder as one set, labelled by folder or not at all. Pixels and order match torchvision's ImageFolder. Folders of several splits are refused.",
  source: 'https://github.com/pytorch/vision',
  options: Type.Object(
    {
      root: Path({ description: 'Folder of images; with labels, a folder that has one folder for each class.' }),
      ...folderOptions,
    },
    { additionalProperties: false },
  ),
  provides: ({ labels }) => (labels === 'folders' ? ['labels'] : []),
  check: suffixFindings,
  create: ({ root, ...options }) => ({
    read: async classes => {
      await refuseSplitFolders(root);
      const cache = cacheLimit(options.cacheMegabytes * 2 ** 20);
      return imagesOf(await listFiles(root, options, classes && { classes }), options, cache);
    },
  }),
});
