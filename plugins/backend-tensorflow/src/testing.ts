/** Parts of the installer and of the platform check, for the tests of this package. */
export { installFolder } from './cache.js';
export { environmentOf } from './environment.js';
export { type InstallRecord, recordFile, writeRecord } from './install-record.js';
export { fetchPin } from './install/download.js';
export { bf16Kernels } from './kernels/own-bf16.js';
export { locked } from './install/lock.js';
export { libraries } from './install/pins.js';
export { BF16_UNITS, bestBf16Unit, bestInstructions, nvidiaModels, unfit, type Machine } from './platform.js';
