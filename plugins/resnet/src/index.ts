import { definePlugin } from '@carl-ssl/core';
import { resnet } from './resnet.js';

export default definePlugin({ name: '@carl-ssl/resnet', components: [resnet] });
