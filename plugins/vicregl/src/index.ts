import { definePlugin } from '@carl-ssl/core';
import { vicregl } from './vicregl.js';

export default definePlugin({ name: '@carl-ssl/vicregl', components: [vicregl] });
