import cpu from '../backend/cpu.js';
import { singleProcessComponent } from '../collective/single-process.js';
import { weightedSum } from '../objective/weighted-sum.js';
import { definePlugin } from './define.js';

/** The components that come with the framework itself. */
export default definePlugin({ name: '@carl-ssl/core', components: [cpu, singleProcessComponent, weightedSum] });
