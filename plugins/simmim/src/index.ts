import { definePlugin } from '@carl-ssl/core';
import { simmim } from './simmim.js';

export default definePlugin({ name: '@carl-ssl/simmim', components: [simmim] });
