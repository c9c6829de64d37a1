import { definePlugin } from '@carl-ssl/core';
import { channelsReader } from './channels-reader.js';
import { concatReader } from './concat-reader.js';
import { remapReader } from './remap-reader.js';
import { subsetReader } from './subset-reader.js';

export default definePlugin({
  name: '@carl-ssl/data-compose',
  components: [subsetReader, concatReader, remapReader, channelsReader],
});
