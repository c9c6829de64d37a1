import { carl } from './program.mjs';
import { run, say } from './steps.mjs';

/** Installs the TensorFlow backend unless it is installed. Returns true if it can be used; everything works without it. */
export async function installTensorflow() {
  if ((await run(carl('backend', 'install', 'tensorflow'))) === 0) return true;
  say('The TensorFlow backend cannot be installed here. It needs Linux on x64, Python 3.8 or newer with pip, a C++');
  say('compiler, and a download of 0.3 GB. Continuing on WebAssembly, which takes several times as long and gives the');
  say('same results up to rounding.');
  return false;
}
