import { definePlugin } from '@carl-ssl/core';
import { idx } from './idx.js';
import { idxReader } from './idx-reader.js';

export { readIdx, type IdxArray } from './idx-file.js';
export { readIdxImages, type IdxFiles } from './idx-images.js';

export default definePlugin({ name: '@carl-ssl/data-idx', components: [idx, idxReader] });
