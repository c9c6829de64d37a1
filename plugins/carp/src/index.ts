import { definePlugin } from '@carl-ssl/core';
import { carp } from './carp.js';

export default definePlugin({ name: '@carl-ssl/carp', components: [carp] });
