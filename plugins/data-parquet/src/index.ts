import { definePlugin } from '@carl-ssl/core';
import { parquetReader } from './parquet-reader.js';

export default definePlugin({ name: '@carl-ssl/data-parquet', components: [parquetReader] });
