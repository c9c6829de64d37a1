import { definePlugin } from '@carl-ssl/core';
import { byol } from './byol.js';
import { negativeCosine } from './negative-cosine.js';

export default definePlugin({ name: '@carl-ssl/byol', components: [byol, negativeCosine] });
