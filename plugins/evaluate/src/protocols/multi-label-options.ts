import { Type, type Static } from '@carl-ssl/core';
import { drawing, fitting } from './one-vs-rest-options.js';

const interpolation = Type.Union([Type.Literal('none'), Type.Literal('area'), Type.Literal('eleven-point')]);

/** Options of linear classifiers for images with any number of labels. */
export const options = Type.Object(
  {
    loss: Type.Union([Type.Literal('squared-hinge'), Type.Literal('logistic')], {
      default: 'squared-hinge',
      description: 'squared-hinge: support vector machines. logistic: logistic regressions.',
    }),
    C: Type.Number({
      exclusiveMinimum: 0,
      default: 0.5,
      description: 'Weight of the loss against the penalty. Used for `shots`, and for all images if the grid is empty.',
    }),
    grid: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
      uniqueItems: true,
      default: [],
      description:
        'Values of C to try; for each class, the one with the best average precision in cross-validation on `train` is used. Empty for a fixed C.',
    }),
    ...fitting,
    difficult: Type.Union([Type.Literal('negative'), Type.Literal('exclude')], {
      default: 'negative',
      description:
        'Images for which a class is undecided. negative: they do not have the class (CARP). exclude: they are left out of the class, in training and in evaluation (VISSL).',
    }),
    shots: Type.Array(Type.Integer({ minimum: 1 }), {
      uniqueItems: true,
      default: [],
      description:
        'Numbers of training images drawn for each class for few-shot figures, beside the figure for all images.',
    }),
    ...drawing,
    interpolations: Type.Array(interpolation, {
      minItems: 1,
      uniqueItems: true,
      default: ['area', 'eleven-point', 'none'],
      description:
        'Computations of average precision, each with a figure; the first one chooses C. none: as scikit-learn. area: area under the precision made monotone (VOC 2010). eleven-point: mean precision at recalls of 0, 0.1, ..., 1 (VOC 2007).',
    }),
  },
  { additionalProperties: false },
);
export type Options = Readonly<Static<typeof options>>;
