import { definePlugin } from '@carl-ssl/core';
import { mpi } from './mpi.js';

export default definePlugin({ name: '@carl-ssl/collective-mpi', components: [mpi] });
