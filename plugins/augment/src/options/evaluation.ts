import { Type, type Static } from '@carl-ssl/core';
import { closed } from './schema.js';
import { samplingOptions } from './sampling.js';

const evaluation = Type.Object(
  {
    resize: Type.Integer({
      minimum: 1,
      maximum: 16384,
      description:
        'Pixels of the shorter side of a resized image, of which the centre is cropped to the size of the views. Most papers use 256 for views of 224.',
    }),
    interpolation: Type.Union(samplingOptions.interpolation.anyOf, {
      default: 'bicubic',
      description: 'Interpolation between pixels. Bicubic results may fall outside [0, 1].',
    }),
  },
  {
    ...closed,
    description:
      'How images are resized for evaluation. Without it, the shorter side is resized to the size of the first view, with the interpolation of the views.',
  },
);

/** The option `evaluation` of every augmenter. It does not affect the views. */
export const evaluationOption = { evaluation: Type.Optional(evaluation) };

/** Value of {@link evaluationOption}. */
export type EvaluationImages = Static<typeof evaluation>;
