import { MismatchError } from '../config/mismatch-error.js';
import type { Services } from '../container/root.js';
import { Augmenter } from '../contracts/augmenter.js';
import type { Collective } from '../contracts/collective.js';
import { Dataset } from '../contracts/dataset.js';
import type { ImageSet } from '../contracts/image-set.js';
import type { WeightSpec } from '../contracts/weights.js';
import { CarlError } from '../errors/carl-error.js';
import type { Pipeline } from '../schema/skeleton.js';
import { readInitialWeights, type InitialWeights } from '../train/initial-weights.js';
import type { NetworkShape } from '../train/network.js';
import { stepsPerEpoch } from '../train/trainer.js';
import { shapeFor, type Assembly } from './assembly.js';

/** A pipeline with its network and its open data; nothing is computed yet. */
export interface Experiment extends Assembly {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly shape: NetworkShape;
  readonly dataset: Dataset;
  readonly train: ImageSet;
  /** The other splits that the dataset has. */
  readonly held: { readonly validation?: ImageSet; readonly test?: ImageSet };
  /** Weights that the encoder starts from, if the pipeline names a file. */
  readonly initial?: InitialWeights;
}

/**
 * Opens the dataset of a pipeline and reads its initial weights.
 * @param purpose for an evaluation alone, there may be fewer images than a step of training takes
 * @throws CarlError INPUT_DATA, INPUT_FILE, INPUT_WEIGHTS; MismatchError
 */
export async function openData(
  assembly: Assembly,
  purpose: 'training' | 'evaluation' = 'training',
): Promise<Experiment> {
  const { loaded, network } = assembly;
  const { pipeline, services } = loaded;
  const dataset = services.get(Dataset);
  const train = await dataset.split('train');
  if (!train || train.length === 0)
    throw new CarlError('INPUT_DATA', `The dataset \`${pipeline.data.use}\` has no training images.`);
  const { batchSize, accumulate } = pipeline.trainer;
  checkShares(batchSize, network.collective);
  if (purpose === 'training' && train.length < batchSize * accumulate)
    throw new MismatchError(
      ['trainer', 'batchSize'],
      `A step takes ${batchSize * accumulate} images (trainer.batchSize x trainer.accumulate), but the dataset has ${train.length}.`,
      'Lower `trainer.batchSize`.',
    );
  const shape = {
    ...shapeFor(services.get(Augmenter), { network, channels: train.channels, batchSize }),
    data: { images: train.length, batches: stepsPerEpoch(train.length, pipeline.trainer) * accumulate },
  };
  const initial = await initialWeightsOf(pipeline, network.encoder.weights(shape.image));
  const held = await heldSplits(dataset);
  return { ...assembly, pipeline, services, shape, dataset, train, held, ...(initial && { initial }) };
}

async function heldSplits(dataset: Dataset): Promise<Experiment['held']> {
  const [validation, test] = [await dataset.split('validation'), await dataset.split('test')];
  return { ...(validation && { validation }), ...(test && { test }) };
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
