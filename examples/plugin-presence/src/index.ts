import { definePlugin } from '@carl-ssl/core';
import { presence } from './presence.js';

export default definePlugin({ name: 'carl-presence', components: [presence] });
