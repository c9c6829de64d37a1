import type { Facts } from '../contracts/facts.js';
import { located } from '../config/mismatch-error.js';
import { createRoot, createRun } from '../container/root.js';
import { Augmenter } from '../contracts/augmenter.js';
import { shapeFor, wire } from './experiment.js';
import { componentsOf } from './facts-of.js';
import type { Checked } from '../config/loaded-pipeline.js';

/** What is known of a pipeline before its data are opened: all sizes that do not depend on them. @throws PipelineError */
export function factsWithoutData(loaded: Checked): Facts {
  try {
    return sizesOf(loaded);
  } catch (error) {
    throw located(error, loaded);
  }
}

function sizesOf({ pipeline, catalogue }: Checked): Facts {
  const services = createRun(createRoot(catalogue.plugins.map(({ plugin }) => plugin)), pipeline);
  const augmenter = services.get(Augmenter);
  const channels = [3, 1].find(count => augmenter.outputChannels(count) !== undefined) ?? 3;
  const { batchSize, epochs } = pipeline.trainer;
  const shape = shapeFor(augmenter, { network: wire(pipeline, catalogue, services), channels, batchSize });
  const { views, featureDim, embeddingDim, prototypeCount } = shape;
  return { batchSize, epochs, views, featureDim, embeddingDim, prototypeCount, ...componentsOf(pipeline) };
}
