import type { Facts } from '../contracts/facts.js';
import { stepsPerEpoch } from '../train/trainer.js';
import type { Experiment } from './experiment.js';
import type { NestedOptions } from '../contracts/components.js';

/** All that is known of a pipeline before it runs, once its data are open. */
export function factsOf({ pipeline, shape, train, dataset }: Experiment): Facts {
  const { batchSize, epochs } = pipeline.trainer;
  const perEpoch = stepsPerEpoch(train.length, pipeline.trainer);
  return {
    batchSize,
    epochs,
    views: shape.views,
    channels: train.channels,
    imageSize: train.size,
    trainImages: train.length,
    stepsPerEpoch: perEpoch,
    steps: perEpoch * epochs,
    hasLabels: dataset.classCount !== undefined,
    featureDim: shape.featureDim,
    embeddingDim: shape.embeddingDim,
    prototypeCount: shape.prototypeCount,
    ...componentsOf(pipeline),
  };
}

/** What stands at each key of a pipeline that holds one component. */
export function componentsOf(pipeline: Experiment['pipeline']): Pick<Facts, 'uses' | 'components'> {
  const entries = Object.entries(pipeline).flatMap(([key, value]): [string, NestedOptions][] =>
    typeof value === 'object' && 'use' in value ? [[key, value]] : [],
  );
  return {
    uses: Object.fromEntries(entries.map(([key, { use }]) => [key, use])),
    components: Object.fromEntries(entries),
  };
}
