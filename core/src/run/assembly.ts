import { counted } from '../text/counted.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { MismatchError } from '../config/mismatch-error.js';
import { Augmenter } from '../contracts/augmenter.js';
import { networkOf } from '../train/network-of.js';
import { shapeOf, type Network, type NetworkShape } from '../train/network.js';
import { checkLayers } from './check-layers.js';
import { judgedNetwork } from './judged-network.js';

/** A loaded pipeline with its network; no data are open. */
export interface Assembly {
  readonly loaded: LoadedPipeline;
  readonly network: Network;
}

/**
 * Puts the network of a pipeline together from the components that it wires. @throws MismatchError if `evaluation`
 * names a teacher and the pipeline has none, or an evaluator names a layer that the encoder does not have
 */
export function assemble(loaded: LoadedPipeline): Assembly {
  judgedNetwork(loaded);
  const network = networkOf(loaded);
  checkLayers(loaded, network.encoder);
  return { loaded, network };
}

/** Sizes that do not depend on the data, for images with as many channels as the augmenter takes. @throws MismatchError */
export function shapeWithoutData({ loaded, network }: Assembly): NetworkShape {
  const augmenter = loaded.services.get(Augmenter);
  const channels = [3, 1].find(count => augmenter.outputChannels(count) !== undefined) ?? 3;
  return shapeFor(augmenter, { network, channels, batchSize: loaded.pipeline.trainer.batchSize });
}

/** Sizes of a network for images with the given channels. @throws MismatchError if the augmenter cannot take them */
export function shapeFor(
  augmenter: Augmenter,
  { network, channels, batchSize }: { network: Network; channels: number; batchSize: number },
): NetworkShape {
  const outputChannels = augmenter.outputChannels(channels);
  if (outputChannels === undefined)
    throw new MismatchError(
      ['augmenter', 'use'],
      `The augmenter cannot take images with ${counted(channels, 'channel')}.`,
      augmenter.refusal?.(channels) ?? 'Take another augmenter, or leave out the operations that need other channels.',
    );
  const [{ height, width }] = augmenter.views;
  const shape = shapeOf(network, [height, width, outputChannels], { views: augmenter.views, batchSize });
  checkPredictor(network, shape);
  return shape;
}

/** Checks that predictions have the width of embeddings, which they replace before the assigner or the objective. */
function checkPredictor({ predictor }: Network, { embeddingDim }: NetworkShape): void {
  const width = predictor?.outputDim(embeddingDim) ?? embeddingDim;
  if (width === embeddingDim) return;
  const message = `The predictor outputs ${width} values, but the embeddings that it predicts have ${embeddingDim}.`;
  throw new MismatchError(['predictor', 'use'], message, `Its last layer must have ${embeddingDim} units.`);
}
