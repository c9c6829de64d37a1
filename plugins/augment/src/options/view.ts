import type { Facts, Finding } from '@carl-ssl/core';
import { Type } from 'typebox';
import type { Size } from '../maths/geometry.js';
import type { Statistics } from '../maths/normalize.js';
import { ratioOption } from './box-range.js';
import { colorlessOptions } from './colorless.js';
import { normalizationFindings, normalizationOptions } from './normalization.js';
import { Probability } from './probability.js';
import { rangeFindings } from './range.js';
import { samplingOptions } from './sampling.js';

const GRAYSCALE = 0.2;

/** Options that all ready-made views share. */
export const viewOptions = {
  ratio: ratioOption,
  flip: Probability(
    0.5,
    'Share of the views that are mirrored left to right. Use 0 where left and right differ, as in writing.',
  ),
  jitter: Probability(
    0.8,
    'Share of the views whose colours are changed. Without colour, only brightness and contrast are.',
  ),
  strength: Type.Number({
    minimum: 0,
    default: 1,
    description: 'Factor on all strengths of the colour jitter. 0.5 is usual for images below 64 pixels.',
  }),
  grayscale: Probability(GRAYSCALE, 'Share of the views that become grey. Does nothing for images of one channel.'),
  ...samplingOptions,
  ...normalizationOptions,
};

interface ViewSettings extends Statistics {
  readonly ratio: readonly number[];
  readonly grayscale: number;
}

/** What is to be said of the options all ready-made views share. Defaults adapt to images without colour in silence. */
export function viewFindings(options: ViewSettings, facts: Facts): readonly Finding[] {
  const chosen = options.grayscale > 0 && options.grayscale !== GRAYSCALE;
  return [
    ...rangeFindings('ratio', options.ratio),
    ...colorlessOptions(chosen ? ['grayscale'] : [], facts),
    ...normalizationFindings(options, facts),
  ];
}

const LARGEST_ENLARGEMENT = 2;

/** A warning if views are much larger than the images they are made of. */
export function enlargementFindings(path: string, size: Size, facts: Facts): readonly Finding[] {
  if (!facts.imageSize) return [];
  const [height, width] = facts.imageSize;
  if (Math.max(size.height / height, size.width / width) <= LARGEST_ENLARGEMENT) return [];
  const message =
    `Views of ${size.height}x${size.width} pixels are made of images of ${height}x${width}: ` +
    `every step costs ${Math.round((size.height * size.width) / (height * width))} times as much and nothing is added. Make \`${path}\` ${height} or so.`;
  return [{ severity: 'warning', code: 'AUGMENT_ENLARGED', path, message }];
}
