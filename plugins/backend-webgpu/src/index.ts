import { definePlugin } from '@carl-ssl/core';
import webgpu from './webgpu.js';

export { availabilityOf, type ProbeOutput } from './probe.js';

export default definePlugin({ name: '@carl-ssl/backend-webgpu', components: [webgpu] });
