import { definePlugin } from '@carl-ssl/core';
import { csvReader } from './csv-reader.js';
import { imageFolder } from './image-folder.js';
import { imageFolderReader } from './image-folder-reader.js';
import { imageListReader } from './image-list-reader.js';

export { decodeFile, decodeImage, EXTENSIONS, type Decoded, type DecodeRules } from './decode.js';
export { decodeOptions, readOptions, rulesOf, type DecodingOptions } from './decode-options.js';
export { encodedImages, type EncodedImages } from './encoded-images.js';

export { withoutDamaged } from './without-damaged.js';

export default definePlugin({
  name: '@carl-ssl/data-image-folder',
  components: [imageFolder, imageFolderReader, imageListReader, csvReader],
});
