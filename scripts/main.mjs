/**
 * Builds a fresh clone, installs the fastest backend for this machine, and trains CARL on the part of Fashion-MNIST that the
 * repository contains. Arguments are passed to `carl train`.
 */
import { installTensorflow } from './install-tensorflow.mjs';
import { carl, program } from './program.mjs';
import { run, say } from './steps.mjs';

const PIPELINE = 'pipelines/carl-fashion-mnist-mini.yaml';

async function main(options) {
  const built = await run([...program('typescript', 'tsc'), '-b']);
  if (built !== 0) return built;
  await installTensorflow();
  const trained = await run(carl('train', PIPELINE, ...options));
  if (trained === 0) say(`\nNext: change a line of ${PIPELINE} and run: npx carl train ${PIPELINE}`);
  return trained;
}

process.exitCode = await main(process.argv.slice(2));
