import { definePlugin } from '@carl-ssl/core';
import { carl } from './carl.js';
import { prototypes } from './prototypes.js';
import { softmax } from './softmax.js';

export default definePlugin({ name: '@carl-ssl/carl', components: [prototypes, softmax, carl] });
