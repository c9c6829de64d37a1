import { CarlError } from '../errors/carl-error.js';
import type { Pipeline } from '../schema/skeleton.js';
import { counted } from '../text/counted.js';
import { readInitialWeights, type InitialWeights } from '../train/initial-weights.js';
import type { Network, NetworkShape } from '../train/network.js';

/** The encoder and the images that it gets. */
interface Fitting {
  readonly network: Network;
  readonly image: NetworkShape['image'];
  /** Channels of the images before they are augmented. */
  readonly stored: number;
}

/**
 * Reads the initial weights of a pipeline, if it has any.
 * @throws CarlError INPUT_FILE; INPUT_WEIGHTS, which says so where the weights are those of images with other channels
 */
export async function initialWeightsOf(pipeline: Pipeline, fitting: Fitting): Promise<InitialWeights | undefined> {
  const { initialWeights: path, data } = pipeline;
  const { network, image, stored } = fitting;
  if (path === undefined) return undefined;
  try {
    return await readInitialWeights(path, network.encoder.weights(image));
  } catch (error) {
    if (!CarlError.is(error) || error.code !== 'INPUT_WEIGHTS') throw error;
    const taken = await channelsTaken(path, fitting);
    if (taken === undefined) throw error;
    const keys = channelKeys(data, 'data');
    const remedy =
      keys.length > 0 && stored === image[2]
        ? `Set ${keys.map(key => `\`${key}: ${taken}\``).join(', ')}: images are then read as ${taken === 1 ? 'greyscale' : 'colour'}.`
        : `Convert the images to ${counted(taken, 'channel')}, or take other weights.`;
    throw new CarlError(
      'INPUT_WEIGHTS',
      `${path}: these weights take images of ${counted(taken, 'channel')}, and the encoder gets images of ${counted(image[2], 'channel')}. ${remedy}`,
      { cause: error },
    );
  }
}

/** The other number of channels for which the weights fit the encoder. */
async function channelsTaken(
  path: string,
  { network, image: [height, width, channels] }: Fitting,
): Promise<number | undefined> {
  for (const other of [1, 3, 4, 2].filter(count => count !== channels)) {
    const read = readInitialWeights(path, network.encoder.weights([height, width, other]));
    if (
      await read.then(
        () => true,
        () => false,
      )
    )
      return other;
  }
  return undefined;
}

/** Keys of a dataset and its readers that set the channels: `data.channels`, `data.train.channels`. */
function channelKeys(options: unknown, path: string): readonly string[] {
  if (typeof options !== 'object' || options === null) return [];
  return Object.entries(options).flatMap(([key, value]) =>
    key === 'channels' ? [`${path}.${key}`] : channelKeys(value, `${path}.${key}`),
  );
}
