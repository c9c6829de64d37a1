import type { MethodCard } from '@carl-ssl/core';

/** LeJEPA in short. */
export const lejepaCard: MethodCard = {
  name: 'LeJEPA',
  idea: 'Each view predicts the mean embedding of the global views, and SIGReg shapes the embeddings of a batch as an isotropic Gaussian. There are no negatives, no teacher and no stopped gradient.',
  formula:
    'loss = (1 - lambda) mean over views of |z_i - mean of global z|^2 / D + lambda SIGReg\nSIGReg = mean over random directions of N * integral of |characteristic function of the projections - exp(-t^2 / 2)|^2 exp(-t^2 / 2) dt',
  trivial: 'lambda times the SIGReg of zeros, if every embedding is zero: prediction is then 0.',
  views: 'Two or more global views; local views of multi-crop only predict.',
  failures: [
    'With lambda near 0, all embeddings become equal.',
    'With few images in a batch, the characteristic functions are noisy and SIGReg does not get small.',
    'Its scale grows with the batch: figures of different batch sizes cannot be compared.',
  ],
  figures: [],
};
