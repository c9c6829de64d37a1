import { definePlugin } from '@carl-ssl/core';
import { tensorboard } from './tensorboard.js';

export default definePlugin({ name: '@carl-ssl/tensorboard', components: [tensorboard] });
