import { definePlugin } from '@carl-ssl/core';
import { alignmentUniformity } from './alignment-uniformity.js';
import { barlowTwins } from './barlow-twins.js';
import { koleo } from './koleo.js';
import { tico } from './tico.js';
import { vicreg } from './vicreg.js';

export default definePlugin({
  name: '@carl-ssl/embedding',
  components: [barlowTwins, vicreg, tico, alignmentUniformity, koleo],
});
