import { definePlugin } from '@carl-ssl/core';
import { carpHead } from './carp-head.js';
import { dinoHead } from './dino-head.js';
import { mlpHead } from './mlp-head.js';

export default definePlugin({ name: '@carl-ssl/heads', components: [mlpHead, carpHead, dinoHead] });
