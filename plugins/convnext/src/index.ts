import { definePlugin } from '@carl-ssl/core';
import { convnext } from './convnext.js';

export default definePlugin({ name: '@carl-ssl/convnext', components: [convnext] });
