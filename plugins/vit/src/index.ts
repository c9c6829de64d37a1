import { definePlugin } from '@carl-ssl/core';
import { vit } from './vit.js';

export { interpolatePositions, resampling } from './positions.js';

export default definePlugin({ name: '@carl-ssl/vit', components: [vit] });
