import { definePlugin } from '@carl-ssl/core';
import { imageFolder } from './image-folder.js';
import { imageFolderReader } from './image-folder-reader.js';

export { decodeFile, EXTENSIONS, type Decoded, type DecodeRules } from './decode.js';

export default definePlugin({ name: '@carl-ssl/data-image-folder', components: [imageFolder, imageFolderReader] });
