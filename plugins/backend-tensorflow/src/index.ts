import { definePlugin } from '@carl-ssl/core';
import { installerOf } from './installer.js';
import { tensorflowGpu } from './tensorflow-gpu.js';
import { tensorflow } from './tensorflow.js';

export { fusedKernels } from './kernels/index.js';
export { thisMachine } from './platform.js';

export default definePlugin({
  name: '@carl-ssl/backend-tensorflow',
  components: [tensorflow, tensorflowGpu],
  installers: { tensorflow: installerOf('cpu'), 'tensorflow-gpu': installerOf('gpu') },
});
