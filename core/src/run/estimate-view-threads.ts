import { Augmenter } from '../contracts/augmenter.js';
import { stepsPerEpoch } from '../train/trainer.js';
import { makeViews } from '../train/view-batch.js';
import { threadsFor } from '../train/views/thread-count.js';
import type { Experiment } from './experiment.js';
import { Streams } from '../contracts/random.js';

/** Images whose views are timed; they are made twice, first to warm up. */
const IMAGES = 16;

/** Estimates in how many threads a training will make its views, if all other work takes the given seconds. */
export async function estimateViewThreads(experiment: Experiment, seconds: number): Promise<number> {
  const { train, pipeline } = experiment;
  const { epochs, accumulate, batchSize } = pipeline.trainer;
  const batches = stepsPerEpoch(train.length, pipeline.trainer) * epochs * accumulate;
  const making = (await viewTime(experiment)) * batchSize * batches;
  return threadsFor({ making, total: making + seconds * 1000, batches }, batches) ?? 0;
}

/** Time to make the views of one image, in milliseconds. */
async function viewTime({ train: images, services }: Experiment): Promise<number> {
  const source = { images, augmenter: services.get(Augmenter), streams: services.get(Streams) };
  const some = Array.from({ length: Math.min(IMAGES, images.length) }, (_, i) => i);
  await makeViews(source, 0, some);
  const start = performance.now();
  await makeViews(source, 0, some);
  return (performance.now() - start) / some.length;
}
