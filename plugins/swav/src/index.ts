import { definePlugin } from '@carl-ssl/core';
import { sinkhornAssigner } from './sinkhorn.js';
import { swav } from './swav.js';

export default definePlugin({ name: '@carl-ssl/swav', components: [sinkhornAssigner, swav] });
