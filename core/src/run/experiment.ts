import { MismatchError } from '../config/mismatch-error.js';
import type { Services } from '../container/root.js';
import { Augmenter } from '../contracts/augmenter.js';
import type { Collective } from '../contracts/collective.js';
import type { Pipeline } from '../schema/skeleton.js';
import type { InitialWeights } from '../train/initial-weights.js';
import type { NetworkShape } from '../train/network.js';
import { stepsPerEpoch } from '../train/trainer.js';
import { shapeFor, type Assembly } from './assembly.js';
import { initialWeightsOf } from './fitting-weights.js';
import { openOwnDataset, openTransferDatasets, type OpenDataset, type TransferDataset } from './open-dataset.js';
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

/**
 * Opens the datasets of a pipeline and reads its initial weights.
 * @param purpose for an evaluation alone, there may be fewer images than a step of training takes
 * @throws CarlError INPUT_DATA, INPUT_FILE, INPUT_WEIGHTS; MismatchError
 */
export async function openData(
  assembly: Assembly,
  purpose: 'training' | 'evaluation' = 'training',
): Promise<Experiment> {
  const { loaded, network } = assembly;
  const { pipeline, services } = loaded;
  const own = await openOwnDataset(pipeline, services);
  const { train } = own;
  const { batchSize, accumulate } = pipeline.trainer;
  checkShares(batchSize, network.collective);
  if (purpose === 'training' && train.length < batchSize * accumulate)
    throw new MismatchError(
      ['trainer', 'batchSize'],
      `A step takes ${batchSize * accumulate} images (trainer.batchSize x trainer.accumulate), but the dataset has ${train.length}.`,
      `Lower \`trainer.batchSize\`${accumulate > 1 ? ' or `trainer.accumulate`' : ''}.`,
      [
        ['trainer', 'batchSize'],
        ['trainer', 'accumulate'],
      ],
    );
  const augmenter = services.get(Augmenter);
  const shape = {
    ...shapeFor(augmenter, { network, channels: train.channels, batchSize }),
    data: { images: train.length, batches: stepsPerEpoch(train.length, pipeline.trainer) * accumulate },
  };
  const initial = await initialWeightsOf(pipeline, { network, image: shape.image, stored: train.channels });
  const probe = probeOf(pipeline, services, own);
  const transfer = await openTransferDatasets(pipeline, services, { augmenter, channels: shape.image[2] });
  const complete = { ...network, ...(probe && { probe }) };
  return { loaded, network: complete, pipeline, services, shape, ...own, transfer, ...(initial && { initial }) };
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
