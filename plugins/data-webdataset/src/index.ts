import { definePlugin } from '@carl-ssl/core';
import { webdatasetReader } from './webdataset-reader.js';

export default definePlugin({ name: '@carl-ssl/data-webdataset', components: [webdatasetReader] });
