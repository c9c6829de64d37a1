import { definePlugin } from '@carl-ssl/core';
import { scaleNoise } from './scale-noise.js';

export default definePlugin({ name: 'carl-scale-noise', components: [scaleNoise] });
