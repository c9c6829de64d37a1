import type { NestedOptions } from '../contracts/components.js';
import type { Facts, SplitFacts } from '../contracts/facts.js';
import type { ImageSet } from '../contracts/image-set.js';
import type { Pipeline } from '../schema/skeleton.js';
import type { NetworkShape } from '../train/network.js';
import { stepsPerEpoch } from '../train/trainer.js';
import { shapeWithoutData, type Assembly } from './assembly.js';
import type { Experiment } from './experiment.js';
import { reportedSplits, type OpenDataset } from './open-dataset.js';

/** Facts of a pipeline whose data are open. */
export function factsOf(experiment: Experiment): Facts {
  const { pipeline, shape, train } = experiment;
  const perEpoch = stepsPerEpoch(train.length, pipeline.trainer);
  return {
    ...sizesOf(pipeline, shape),
    ...factsOfData(experiment, pipeline),
    stepsPerEpoch: perEpoch,
    steps: perEpoch * pipeline.trainer.epochs,
  };
}

/** Facts for the components of each dataset under `transfer`: those of the pipeline, with the images there. */
export function transferFacts(experiment: Experiment): ReadonlyMap<string, Facts> {
  const facts = factsOf(experiment);
  return new Map(
    experiment.transfer.map(({ name, ...data }) => [name, { ...facts, ...factsOfData(data, experiment.pipeline) }]),
  );
}

function factsOfData({ train, held, dataset }: OpenDataset, pipeline: Pipeline): Partial<Facts> {
  const splits = { train, ...reportedSplits(held, pipeline) };
  return {
    channels: train.channels,
    imageSize: train.size,
    trainImages: train.length,
    hasLabels: dataset.classCount !== undefined,
    splits: Object.fromEntries(Object.entries(splits).map(([name, set]) => [name, splitFacts(set)])),
  };
}

function splitFacts({ length: images, labels, multiLabels }: ImageSet): SplitFacts {
  return {
    images,
    ...(labels && { classes: new Set(labels).size }),
    ...(multiLabels && { multiLabelClasses: multiLabels.length / images }),
  };
}

/** Facts of a pipeline that do not depend on its data. @throws MismatchError */
export function factsWithoutData(assembly: Assembly): Facts {
  return sizesOf(assembly.loaded.pipeline, shapeWithoutData(assembly));
}

function sizesOf(pipeline: Pipeline, { views, featureDim, embeddingDim, prototypeCount }: NetworkShape): Facts {
  const { batchSize, epochs } = pipeline.trainer;
  return { batchSize, epochs, views, featureDim, embeddingDim, prototypeCount, ...componentsOf(pipeline) };
}

/** Components at the keys of a pipeline that hold one. */
function componentsOf(pipeline: Pipeline): Pick<Facts, 'uses' | 'components'> {
  const entries = Object.entries(pipeline).flatMap(([key, value]): [string, NestedOptions][] =>
    typeof value === 'object' && 'use' in value && typeof value.use === 'string' ? [[key, value as NestedOptions]] : [],
  );
  return {
    uses: Object.fromEntries(entries.map(([key, { use }]) => [key, use])),
    components: Object.fromEntries(entries),
  };
}
