import { definePlugin } from '@carl-ssl/core';
import { resnet } from './resnet.js';
import { wideResnet } from './wide-resnet.js';

export default definePlugin({ name: '@carl-ssl/resnet', components: [resnet, wideResnet] });
