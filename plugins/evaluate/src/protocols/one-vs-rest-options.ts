import { Type } from '@carl-ssl/core';

/** Options that linear classifiers of one class against the rest share. */
export const fitting = {
  folds: Type.Integer({ minimum: 2, default: 3, description: 'Number of parts for cross-validation.' }),
  positiveWeight: Type.Number({
    exclusiveMinimum: 0,
    default: 2,
    description: 'Factor of the loss of images of the class.',
  }),
  normalize: Type.Boolean({ default: true, description: 'Scale features to unit length.' }),
};

/** The number of draws of few-shot figures. */
export const drawing = {
  draws: Type.Integer({
    minimum: 1,
    default: 5,
    description: 'Number of random subsets for each number of shots, over which figures are averaged.',
  }),
};
