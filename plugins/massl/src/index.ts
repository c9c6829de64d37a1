import { definePlugin } from '@carl-ssl/core';
import { massl } from './massl.js';

export default definePlugin({ name: '@carl-ssl/massl', components: [massl] });
