import { CarlError } from '@carl-ssl/core';
import type { Augmentation, Augmenter, Image, Random, ViewSpec } from '@carl-ssl/core';
import { chained } from '../maths/chained.js';
import { describeImage, sameSize } from '../maths/geometry.js';
import { toGray } from '../maths/gray.js';
import type { Sampling } from '../maths/interpolation.js';
import { fitsChannels, normalizeChannels } from '../maths/normalize.js';
import type { Statistics } from '../maths/normalize.js';
import { resizeToCover } from '../maths/resize.js';

/** A view and how it is made, up to normalisation. */
export interface View extends ViewSpec {
  readonly steps: readonly Augmentation[];
}

/** What all views, and the images evaluators see, share. */
export interface Finish extends Statistics, Sampling {}

/** The augmenter of a list of views, global ones first. The stream of a view is drawn from by its steps in their order. */
export function augmenterOf(views: readonly View[], finish: Finish): Augmenter {
  const made = views.map(view => ({ ...view, make: chained(view.steps) }));
  const outputChannels = commonChannels(
    made.map(view => view.make),
    finish,
  );
  return {
    views: views.map(({ kind, height, width }) => ({ kind, height, width })),
    outputChannels,
    augment: (image, randoms) =>
      made.map((view, index) => makeView(view, index, { image, random: randoms[index], finish })),
    plain: image => {
      const fitted = resizeToCover(image, { ...made[0], ...finish });
      return normalizeChannels(withChannels(fitted, outputChannels(image.channels)), finish);
    },
  };
}

interface Making {
  readonly image: Image;
  readonly random: Random;
  readonly finish: Finish;
}

function makeView(view: View & { readonly make: Augmentation }, index: number, making: Making): Image {
  const result = view.make.apply(making.image, making.random);
  if (!sameSize(result, view)) throw wrongSize(view, index, result);
  return normalizeChannels(result, making.finish);
}

/** The number of channels that all views have, if they agree and can be normalised. */
function commonChannels(makes: readonly Augmentation[], statistics: Statistics): Augmenter['outputChannels'] {
  return inputChannels => {
    const counts = new Set(
      makes.map(make => (make.outputChannels ? make.outputChannels(inputChannels) : inputChannels)),
    );
    const [channels] = counts;
    return counts.size === 1 && channels !== undefined && fitsChannels(statistics, channels) ? channels : undefined;
  };
}

function withChannels(image: Image, channels: number | undefined): Image {
  return channels === undefined || channels === image.channels ? image : toGray(image, channels);
}

function wrongSize(view: ViewSpec, index: number, result: Image): CarlError {
  return new CarlError(
    'INPUT_PIPELINE',
    `View ${index} of the augmenter is to be ${view.height}x${view.width} pixels, but its steps made an image of ${describeImage(result)}. ` +
      'Let a step cut or resize it to the size of the view, or change `size`.',
  );
}
