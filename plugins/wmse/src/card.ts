import type { MethodCard } from '@carl-ssl/core';

/** W-MSE in short. */
export const wMseCard: MethodCard = {
  name: 'W-MSE',
  idea: 'The embeddings of a batch are whitened within random groups of images, and the views of an image are then made alike. Whitened embeddings cannot collapse: there are no negatives, no teacher and no stopped gradient.',
  formula:
    'w = z whitened within its group: zero mean, unit variance, no correlations\nloss = mean over pairs of views i != j of 2 - 2 cos(w_i, w_j)',
  trivial: '2 if views of an image are no nearer than two images.',
  views: 'Two or more views; embeddings at most half as wide as a group has images.',
  failures: [
    'With groups of fewer than twice as many images as dimensions, whitening removes what the views share.',
    'Wide embeddings need large batches.',
  ],
  figures: [],
};
