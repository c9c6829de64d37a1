import cpu from './cpu.js';
import csv from './csv.js';
import { files } from './files.js';
import { labelsTable } from './labels-table.js';
import { singleProcessComponent } from './single-process.js';
import { weightedSum } from './weighted-sum.js';
import { definePlugin } from '../plugin/define.js';

/** The components that are part of the framework itself. */
export default definePlugin({
  name: '@carl-ssl/core',
  components: [cpu, csv, singleProcessComponent, weightedSum, files, labelsTable],
});
