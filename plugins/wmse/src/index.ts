import { definePlugin } from '@carl-ssl/core';
import { wMse } from './w-mse.js';

export default definePlugin({ name: '@carl-ssl/wmse', components: [wMse] });
