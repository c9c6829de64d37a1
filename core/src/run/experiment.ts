import { atKey } from '../config/data-error.js';
import { MismatchError } from '../config/mismatch-error.js';
import type { Services } from '../container/root.js';
import { Augmenter } from '../contracts/augmenter.js';
import type { Collective } from '../contracts/collective.js';
import { assertReadable } from '../files/data-file.js';
import type { Pipeline } from '../schema/skeleton.js';
import type { InitialWeights } from '../train/initial-weights.js';
import type { NetworkShape } from '../train/network.js';
import { stepsPerEpoch } from '../train/trainer.js';
import { CollectedErrors } from './collected-errors.js';
import { shapeFor, type Assembly } from './assembly.js';
import { initialWeightsOf } from './fitting-weights.js';
import {
  checkChannels,
  openOwnDataset,
  openTransferDataset,
  type OpenDataset,
  type TransferDataset,
} from './open-dataset.js';
import { probeOf } from './probe.js';

/** A pipeline with its network and its open data; nothing is computed yet. */
export interface Experiment extends Assembly, OpenDataset {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly shape: NetworkShape;
  /** Other datasets that the encoder is evaluated on. */
  readonly transfer: readonly TransferDataset[];
  /** Weights that the encoder starts from, if the pipeline names a file. */
  readonly initial?: InitialWeights;
}

/** What the data are opened for: for an evaluation alone, there may be fewer images than a step of training takes. */
type Purpose = 'training' | 'evaluation';

/**
 * Opens the datasets of a pipeline and reads its initial weights.
 * @throws CarlError INPUT_DATA, INPUT_FILE, INPUT_WEIGHTS; MismatchError; SeveralErrors
 */
export async function openData(assembly: Assembly, purpose: Purpose = 'training'): Promise<Experiment> {
  const { loaded, network } = assembly;
  const { pipeline, services } = loaded;
  const errors = new CollectedErrors();
  const own = await errors.of(() => openOwnDataset(pipeline, services));
  await errors.of(() => checkShares(pipeline.trainer.batchSize, network.collective));
  if (own && purpose === 'training') await errors.of(() => checkImages(own, pipeline));
  const shape = own && (await errors.of(() => trainedShape(assembly, own)));
  const initial = await errors.of(() => initialWeights(assembly, shape && { shape, train: own.train }));
  const transfer = await transferDatasets(assembly, shape, errors);
  errors.refuse();
  const probe = probeOf(pipeline, services, own!);
  const complete = { ...network, ...(probe && { probe }) };
  const opened = { shape: shape!, ...own!, transfer, ...(initial && { initial }) };
  return { loaded, network: complete, pipeline, services, ...opened };
}

/** The shapes of a network that is trained on a dataset. */
function trainedShape({ loaded, network }: Assembly, { train }: OpenDataset): NetworkShape {
  const { pipeline, services } = loaded;
  const { batchSize, accumulate } = pipeline.trainer;
  return {
    ...shapeFor(services.get(Augmenter), { network, channels: train.channels, batchSize }),
    data: { images: train.length, batches: stepsPerEpoch(train.length, pipeline.trainer) * accumulate },
  };
}

/** Reads the initial weights; without the shapes of the encoder, only looks whether the file is there. */
async function initialWeights(
  { loaded: { pipeline }, network }: Assembly,
  fitted: (Pick<OpenDataset, 'train'> & Pick<Experiment, 'shape'>) | undefined,
): Promise<InitialWeights | undefined> {
  try {
    if (fitted)
      return await initialWeightsOf(pipeline, { network, image: fitted.shape.image, stored: fitted.train.channels });
    if (pipeline.initialWeights !== undefined) await assertReadable(pipeline.initialWeights);
    return undefined;
  } catch (error) {
    throw atKey(error, ['initialWeights'], pipeline);
  }
}

async function transferDatasets(
  { loaded: { pipeline, services } }: Assembly,
  shape: NetworkShape | undefined,
  errors: CollectedErrors,
): Promise<readonly TransferDataset[]> {
  const opened: TransferDataset[] = [];
  for (const name of Object.keys(pipeline.transfer ?? {})) {
    const one = await errors.of(() => openTransferDataset(name, pipeline, services));
    if (!one) continue;
    const encoder = shape && { augmenter: services.get(Augmenter), channels: shape.image[2] };
    if (encoder) await errors.of(() => checkChannels(one, encoder));
    opened.push(one);
  }
  return opened;
}

/** A step of training needs as many images as it takes. @throws MismatchError */
function checkImages({ train }: OpenDataset, { trainer: { batchSize, accumulate } }: Pipeline): void {
  if (train.length >= batchSize * accumulate) return;
  throw new MismatchError(
    ['trainer', 'batchSize'],
    `A step takes ${batchSize * accumulate} images (trainer.batchSize x trainer.accumulate), but the dataset has ${train.length}.`,
    `Lower \`trainer.batchSize\`${accumulate > 1 ? ' or `trainer.accumulate`' : ''}.`,
    [
      ['trainer', 'batchSize'],
      ['trainer', 'accumulate'],
    ],
  );
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
