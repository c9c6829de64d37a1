import { CarlError } from '@carl-ssl/core';
import type { Augmentation, Augmenter, Image, Preparation, ViewSpec } from '@carl-ssl/core';
import { describeImage, sameSize } from '../maths/geometry.js';
import { toGray } from '../maths/gray.js';
import type { Sampling } from '../maths/interpolation.js';
import { fitsChannels, mismatchMessage, normalizeChannels } from '../maths/normalize.js';
import type { Statistics } from '../maths/normalize.js';
import { coveringSize, cutCentre, resize, resizeToCover } from '../maths/resize.js';
import { chained } from '../operations/composition.js';
import { lazyFloats } from '../vectors/levels.js';
import { inVectorMemory } from '../vectors/unit.js';
import type { EvaluationImages } from '../options/evaluation.js';

/** View with the operations that produce it, without the final normalisation. */
export interface View extends ViewSpec {
  readonly steps: readonly Augmentation[];
}

/** Statistics that normalise all views and plain images, and how plain images are resized. */
export interface ImageSettings extends Statistics, Sampling {
  readonly evaluation?: EvaluationImages;
}

/**
 * Augmenter of a list of views, global ones first. The steps of a view draw from its stream in their order.
 * @throws CarlError INPUT_PIPELINE if images for evaluation are resized to less than the first view
 */
export function augmenterOf(views: readonly View[], settings: ImageSettings): Augmenter {
  const operations = views.map(view => chained(view.steps));
  const outputChannels = commonChannels(operations, settings);
  const resized = plainResize(views[0], settings);
  return {
    views: views.map(({ kind, height, width }) => ({ kind, height, width })),
    outputChannels,
    refusal: channels => (fitsChannels(settings, channels) ? undefined : mismatchMessage(settings, channels)),
    augment: (stored, randoms, drawn, into) => {
      const image = lazyFloats(stored);
      return views.map((view, index) => {
        const make = (): Image => {
          const result = operations[index].apply(image, randoms[index], drawn?.[index]);
          if (!sameSize(result, view)) throw wrongSize(view, index, result);
          return normalizeChannels(result, settings, into?.[index]);
        };
        return inVectorMemory(make, into?.[index]);
      });
    },
    preparation: preparationOf(views[0], settings),
    plain: image => {
      return normalizeChannels(withChannels(resized(lazyFloats(image)), outputChannels(image.channels)), settings);
    },
  };
}

function preparationOf({ height, width }: View, settings: ImageSettings): Preparation {
  const { evaluation, antialias, mean, std } = settings;
  const { resize = 'cover', interpolation = settings.interpolation } = evaluation ?? {};
  return { resize, interpolation, antialias, crop: [height, width], mean, std };
}

/** Most that the side of an image resized for evaluation may exceed that of the views, which are cropped from it. */
const MOST_ENLARGED = 16;

/** Resizes an image for evaluation and crops its centre to the size of the first view. */
function plainResize({ height, width }: View, settings: ImageSettings): (image: Image) => Image {
  const { evaluation, antialias } = settings;
  if (!evaluation) return image => resizeToCover(image, { height, width, ...settings });
  const { resize: side, interpolation } = evaluation;
  if (side < Math.max(height, width))
    throw new CarlError(
      'INPUT_PIPELINE',
      `\`evaluation.resize\` is ${side}, but the views have ${height}x${width} pixels, which are cropped from the resized ` +
        `image. Set it to at least ${Math.max(height, width)}.`,
    );
  if (side > MOST_ENLARGED * Math.max(height, width))
    throw new CarlError(
      'INPUT_PIPELINE',
      `\`evaluation.resize\` is ${side}, but the views have ${height}x${width} pixels, so that nearly all of the image would be ` +
        `cut off. Set it to at most ${MOST_ENLARGED * Math.max(height, width)}; most papers take 8/7 of the views.`,
    );
  return image => {
    const size = coveringSize(image, { height: side, width: side });
    return cutCentre(resize(image, { ...size, interpolation, antialias }), { height, width });
  };
}

/** Number of channels of the views; undefined if the views differ or the statistics do not fit. */
function commonChannels(operations: readonly Augmentation[], statistics: Statistics): Augmenter['outputChannels'] {
  return inputChannels => {
    const counts = new Set(
      operations.map(step => (step.outputChannels ? step.outputChannels(inputChannels) : inputChannels)),
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
    `View ${index} of the augmenter must have ${view.height}x${view.width} pixels, but its steps return an image of ` +
      `${describeImage(result)}. Add a step that crops or resizes to the size of the view, or change \`size\`.`,
  );
}
