import { carl, run, say } from './steps.mjs';

/**
 * Installs the TensorFlow backend, or finds it installed. Gives true if it can then be used. Where it cannot, the command
 * says what is missing, and this what that costs; everything works without it.
 */
export async function installTensorflow() {
  if ((await run(carl('backend', 'install', 'tensorflow'))) === 0) return true;
  say('The TensorFlow backend cannot be installed here. It takes Linux on x64, Python 3.8 or newer with pip, a C++');
  say(
    'compiler and 0.3 GB to download. Going on with WebAssembly: the same results to rounding, in a multiple of the time.',
  );
  return false;
}
