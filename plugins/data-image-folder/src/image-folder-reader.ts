import { defineComponent, Path, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { EXTENSIONS } from './decode.js';
import { folderImages } from './folder-images.js';
import { labelledFiles } from './labelled-files.js';

export const imageFolderReader = defineComponent(slots.reader, {
  use: 'image-folder',
  description: "Images in one folder for each class, as RGB; the pixels that torchvision's ImageFolder gives.",
  source: 'https://github.com/pytorch/vision',
  options: Type.Object(
    { root: Path({ description: 'Folder with a folder for each class.' }) },
    { additionalProperties: false },
  ),
  create: ({ root }) => ({
    read: async () => {
      const files = await labelledFiles(root, { extensions: EXTENSIONS, followLinks: false });
      return folderImages(files, { channels: 3, orient: false }, 0);
    },
  }),
});
