import type { Baseline } from '../contracts/evaluator.js';
import type { Pipeline } from '../schema/skeleton.js';
import type { Experiment } from './experiment.js';

/** Largest number of values of an image whose pixels are always a baseline by default: 32 x 32 in colour. */
const SMALL_IMAGE = 3072;
/** Largest number of values of all images together, if single images are larger: 256 MiB. */
const ALL_IMAGES = 2 ** 26;

/** Images of all splits, and the height, width and channels that an encoder gets them with. */
export interface EvaluatedImages {
  readonly count: number;
  readonly image: readonly [number, number, number];
}

/** Baselines of an evaluation, in the order in which they run. */
export function baselinesOf(
  { evaluation: { baselines } }: Pick<Pipeline, 'evaluation'>,
  { count, image: [height, width, channels] }: EvaluatedImages,
): readonly Baseline[] {
  const all = ['untrained', 'pixels'] as const;
  if (baselines !== 'auto') return all.filter(baseline => baselines.includes(baseline));
  const values = height * width * channels;
  return values <= SMALL_IMAGE || values * count <= ALL_IMAGES ? all : ['untrained'];
}

export function evaluatedImages({ train, held, shape: { image } }: Experiment): EvaluatedImages {
  return { count: train.length + (held.validation?.length ?? 0) + (held.test?.length ?? 0), image };
}
