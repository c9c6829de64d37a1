import { definePlugin } from '@carl-ssl/core';
import { stl10Reader } from './stl10-reader.js';
import { stl10 } from './stl10.js';

export default definePlugin({ name: '@carl-ssl/data-stl10', components: [stl10, stl10Reader] });
