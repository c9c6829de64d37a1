import type { MethodCard } from '@carl-ssl/core';

/** W-MSE in short. */
export const wMseCard: MethodCard = {
  name: 'W-MSE',
  idea: 'The embeddings of each view are whitened within random groups of images: zero mean, unit variance, no correlations. Then the views of an image are made alike. Whitened embeddings cannot all be the same, so there are no negatives, no teacher and no stop-gradient.',
  formula: 'w = whitened embeddings of a group of images\nloss = mean over pairs of views a, b of 2 - 2 cos(w_a, w_b)',
  trivial: '2 if views of an image are as far apart as two images.',
  views: 'Two or more views, and embeddings with at most half as many dimensions as images in a group.',
  failures: [
    'A group with no more images than dimensions cannot be whitened; with less than twice as many, the covariance is uncertain.',
    'Images that do not fill a group are left out of the step.',
  ],
  figures: [],
};
