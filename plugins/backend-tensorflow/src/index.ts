import { definePlugin, type Installer } from '@carl-ssl/core';
import { install } from './install/install.js';
import { remove } from './install/remove.js';
import { status } from './install/status.js';
import { tensorflowGpu } from './tensorflow-gpu.js';
import { tensorflow } from './tensorflow.js';

export { fusedKernels } from './kernels/index.js';
export { thisMachine } from './platform.js';
export { install, remove, status };

/** What `carl backend install tensorflow` runs. */
export const installer: Installer = { install, remove, status };

export default definePlugin({ name: '@carl-ssl/backend-tensorflow', components: [tensorflow, tensorflowGpu] });
