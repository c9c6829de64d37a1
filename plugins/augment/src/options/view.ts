import { Type, type Facts, type Finding } from '@carl-ssl/core';
import type { Size } from '../maths/geometry.js';
import type { Statistics } from '../maths/normalize.js';
import { colorlessOptions, normalizationFindings, normalizationOptions } from './channels.js';
import { evaluationOption } from './evaluation.js';
import { ratioOption, samplingOptions, scaleBoundsFindings, sizeOf } from './sampling.js';
import type { SizeValue } from './sampling.js';
import { Probability, rangeFindings } from './schema.js';

const DEFAULT_GRAYSCALE = 0.2;
const LARGEST_ENLARGEMENT = 2;

/** Options shared by all preset augmenters. */
export const viewOptions = {
  ratio: ratioOption,
  flip: Probability(
    0.5,
    'Probability that a view is mirrored left to right. Use 0 where left and right differ, as in handwriting.',
  ),
  jitter: Probability(
    0.8,
    'Probability that the colours of a view are jittered. For single-channel images, only brightness and contrast change.',
  ),
  strength: Type.Number({
    minimum: 0,
    default: 1,
    description: 'Factor on all strengths of the colour jitter. 0.5 is usual for images below 64 pixels.',
  }),
  grayscale: Probability(
    DEFAULT_GRAYSCALE,
    'Probability that a view is converted to grey. Has no effect on single-channel images.',
  ),
  ...samplingOptions,
  ...normalizationOptions,
  ...evaluationOption,
};

/** Blur and solarization of presets whose views are all drawn from the same distribution. */
export const effectOptions = {
  blur: Probability(
    0.5,
    'Probability that a view is blurred. 0 is usual for images of 32 pixels; views smaller than 20 pixels are never blurred.',
  ),
  solarize: Probability(0, 'Probability that a view is solarized: values of 0.5 and above are inverted.'),
};

interface ViewSettings extends Statistics {
  readonly ratio: readonly number[];
  readonly grayscale: number;
}

/**
 * Errors and warnings about {@link viewOptions}. The default `grayscale` gives no warning for single-channel images;
 * any other positive value does.
 */
export function viewFindings(options: ViewSettings, facts: Facts): readonly Finding[] {
  const chosen = options.grayscale > 0 && options.grayscale !== DEFAULT_GRAYSCALE;
  return [
    ...rangeFindings('ratio', options.ratio),
    ...colorlessOptions(chosen ? ['grayscale'] : [], facts),
    ...normalizationFindings(options, facts),
  ];
}

interface GlobalViewSettings extends ViewSettings {
  readonly size: SizeValue;
  readonly minScale: number;
  readonly maxScale: number;
}

/** Errors and warnings about a preset of global views only: `size`, `scaleBounds` and {@link viewOptions}. */
export function globalViewFindings(options: GlobalViewSettings, facts: Facts): readonly Finding[] {
  return [
    ...scaleBoundsFindings(options),
    ...viewFindings(options, facts),
    ...enlargementFindings('size', sizeOf(options.size), facts),
  ];
}

/** Warning for views more than twice as high or wide as the images of the dataset. */
export function enlargementFindings(path: string, size: Size, facts: Facts): readonly Finding[] {
  if (!facts.imageSize) return [];
  const [height, width] = facts.imageSize;
  if (Math.max(size.height / height, size.width / width) <= LARGEST_ENLARGEMENT) return [];
  const cost = Math.round((size.height * size.width) / (height * width));
  const message =
    `Views of ${size.height}x${size.width} pixels are made from images of ${height}x${width} pixels: each training step ` +
    `costs ${cost} times as much, but the views contain no more detail. Set \`${path}\` to about ${height}.`;
  return [{ severity: 'warning', code: 'AUGMENT_ENLARGED', path, message }];
}
