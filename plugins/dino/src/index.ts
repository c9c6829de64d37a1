import { definePlugin } from '@carl-ssl/core';
import { centering } from './centering.js';
import { dino } from './dino.js';
import { ibot } from './ibot.js';

export default definePlugin({ name: '@carl-ssl/dino', components: [centering, dino, ibot] });
