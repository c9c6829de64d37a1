import { definePlugin } from '@carl-ssl/core';
import { msn } from './msn.js';
import { pmsn } from './pmsn.js';

export default definePlugin({ name: '@carl-ssl/msn', components: [msn, pmsn] });
