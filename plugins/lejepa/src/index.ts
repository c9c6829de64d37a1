import { definePlugin } from '@carl-ssl/core';
import { lejepa } from './lejepa.js';

export default definePlugin({ name: '@carl-ssl/lejepa', components: [lejepa] });
