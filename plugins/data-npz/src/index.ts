import { definePlugin } from '@carl-ssl/core';
import { medmnist } from './medmnist.js';
import { npzReader } from './npz-reader.js';

export default definePlugin({ name: '@carl-ssl/data-npz', components: [medmnist, npzReader] });
