import { listComponents } from '../config/components.js';
import { createRoot, createRun, type Services } from '../container/root.js';
import { Augmenter } from '../contracts/augmenter.js';
import type { Collective } from '../contracts/collective.js';
import { Dataset, type ImageSet, type SplitName } from '../contracts/dataset.js';
import type { WeightSpec } from '../contracts/weights.js';
import { MismatchError } from '../config/mismatch-error.js';
import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { Pipeline } from '../schema/skeleton.js';
import { shapeOf, type Network, type NetworkShape } from '../train/network.js';
import { networkOf } from '../train/network-of.js';
import { stepsPerEpoch } from '../train/trainer.js';
import { readInitialWeights, type InitialWeights } from '../train/initial-weights.js';
import type { DataFingerprint } from './lock.js';

/** A pipeline wired and met with its data; nothing computed yet. */
export interface Experiment {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly network: Network;
  readonly shape: NetworkShape;
  readonly dataset: Dataset;
  readonly train: ImageSet;
  /** What the encoder starts from, if the pipeline names a file. */
  readonly initial?: InitialWeights;
}

/** Wires a pipeline, opens its dataset and reads its initial weights. @throws CarlError INPUT_DATA, INPUT_FILE, INPUT_PIPELINE, INPUT_WEIGHTS */
export async function openExperiment(pipeline: Pipeline, catalogue: Catalogue): Promise<Experiment> {
  const services = createRun(createRoot(catalogue.plugins.map(({ plugin }) => plugin)), pipeline);
  const network = wire(pipeline, catalogue, services);
  const dataset = services.get(Dataset);
  const train = await dataset.split('train');
  if (!train || train.length === 0)
    throw new CarlError('INPUT_DATA', `dataset ${pipeline.data.use} has no training images`);
  const { batchSize, accumulate } = pipeline.trainer;
  checkShares(batchSize, network.collective);
  if (train.length < batchSize * accumulate)
    throw new MismatchError(
      ['trainer', 'batchSize'],
      `A step takes ${batchSize * accumulate} images (trainer.batchSize x trainer.accumulate), and the dataset has ${train.length}.`,
      'Lower `trainer.batchSize`.',
    );
  const shape = {
    ...shapeFor(services.get(Augmenter), { network, channels: train.channels, batchSize }),
    data: { images: train.length, batches: stepsPerEpoch(train.length, pipeline.trainer) * accumulate },
  };
  const initial = await initialWeightsOf(pipeline, network.encoder.weights(shape.image));
  return { pipeline, services, network, shape, dataset, train, ...(initial && { initial }) };
}

/** Each worker computes an equal share of every batch. @throws MismatchError */
export function checkShares(batchSize: number, { size }: Pick<Collective, 'size'>): void {
  if (batchSize % size === 0) return;
  throw new MismatchError(
    ['trainer', 'batchSize'],
    `A batch of ${batchSize} images cannot be divided equally among ${size} workers.`,
    `Set \`trainer.batchSize\` to a multiple of ${size}, for example ${Math.ceil(batchSize / size) * size}.`,
  );
}

async function initialWeightsOf(
  { initialWeights: path }: Pipeline,
  specs: readonly WeightSpec[],
): Promise<InitialWeights | undefined> {
  return path === undefined ? undefined : readInitialWeights(path, specs);
}

/** The network of a pipeline, as its container wires it. */
export function wire(pipeline: Pipeline, catalogue: Catalogue, services: Services): Network {
  const parts = listComponents(pipeline, catalogue).filter(({ path }) => path[0] === 'objective');
  const requires = parts.flatMap(({ component, options }) => component?.requires?.(options) ?? []);
  return networkOf(services, requires.includes('assignments'));
}

/** Sizes of a network for images with the given channels. @throws CarlError INPUT_PIPELINE if the augmenter cannot take them */
export function shapeFor(
  augmenter: Augmenter,
  { network, channels, batchSize }: { network: Network; channels: number; batchSize: number },
): NetworkShape {
  const outputChannels = augmenter.outputChannels(channels);
  if (outputChannels === undefined)
    throw new MismatchError(
      ['augmenter', 'use'],
      `The augmenter cannot take images with ${channels} channel${channels === 1 ? '' : 's'}.`,
      'Take another augmenter, or leave out the operations that need other channels.',
    );
  const [{ height, width }] = augmenter.views;
  const shape = shapeOf(network, [height, width, outputChannels], { views: augmenter.views, batchSize });
  checkPredictor(network, shape);
  return shape;
}

/** A prediction stands where the embedding it predicts does: before the assigner, or beside a target. */
function checkPredictor({ predictor }: Network, { embeddingDim }: NetworkShape): void {
  const width = predictor?.outputDim(embeddingDim) ?? embeddingDim;
  if (width === embeddingDim) return;
  const message = `The predictor gives ${width} values and the embeddings it predicts have ${embeddingDim}.`;
  throw new MismatchError(['predictor', 'use'], message, `Its last layer must have ${embeddingDim} units.`);
}

/** Fingerprints of all splits there are. */
export async function dataFingerprints(dataset: Dataset): Promise<Readonly<Record<string, DataFingerprint>>> {
  const found: Record<string, DataFingerprint> = {};
  for (const name of ['train', 'validation', 'test'] as const satisfies readonly SplitName[]) {
    const images = await dataset.split(name);
    if (images) found[name] = { images: images.length, sha256: await images.fingerprint() };
  }
  return found;
}
