/** Parts that tests call without MPI. */
export { addonFile, type Compiler } from './addon-file.js';
export type { Messages, Vector } from './messages.js';
export { transportOver } from './transport.js';
