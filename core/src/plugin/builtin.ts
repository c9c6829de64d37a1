import cpu from '../backend/cpu.js';
import { definePlugin } from './define.js';

/** The components that come with the framework itself. */
export default definePlugin({ name: '@carl-ssl/core', components: [cpu] });
