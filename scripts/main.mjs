/**
 * From a fresh clone to a trained encoder: builds, installs the fastest backend that this machine can have, and runs
 * the pipeline of CARL on a small part of Fashion-MNIST, which is in this repository.
 */
import { installTensorflow } from './install-tensorflow.mjs';
import { bin, carl, run, say } from './steps.mjs';

const PIPELINE = 'pipelines/carl-fashion-mnist-mini.yaml';

async function main(options) {
  const built = await run([bin('tsc'), '-b']);
  if (built !== 0) return built;
  await installTensorflow();
  const trained = await run(carl('train', PIPELINE, ...options));
  if (trained === 0) say(`\nNext: change a line of ${PIPELINE} and run: npx carl train ${PIPELINE}`);
  return trained;
}

process.exitCode = await main(process.argv.slice(2));
