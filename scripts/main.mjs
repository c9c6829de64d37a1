/**
 * Builds a fresh clone, installs the fastest backend for this machine, and trains CARL on the part of Fashion-MNIST that the
 * repository contains. Arguments are passed to `carl train`.
 */
import { installTensorflow } from './install-tensorflow.mjs';
import { carl, program } from './program.mjs';
import { run, say } from './steps.mjs';

const PIPELINE = 'pipelines/carl-fashion-mnist-mini.yaml';

const MEANING = `
The encoder was trained without labels. The table measures its features by classifiers that get labels of the training images,
beside the same encoder before the training and beside the pixels themselves: the training was worth while where the first row is
above the others.`;

async function main(options) {
  const built = await run([...program('typescript', 'tsc'), '-b']);
  if (built !== 0) return built;
  await installTensorflow();
  const trained = await run(carl('train', PIPELINE, ...options));
  if (trained === 0) say(MEANING);
  if (trained === 0) say(`\nNext: change a line of ${PIPELINE} and run: npx carl train ${PIPELINE}`);
  return trained;
}

process.exitCode = await main(process.argv.slice(2));
