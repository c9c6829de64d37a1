import type { MethodCard } from '@carl-ssl/core';

/** LeJEPA in short. */
export const lejepaCard: MethodCard = {
  name: 'LeJEPA',
  idea: "Every view should have the mean embedding of its image's global views, and SIGReg shapes the embeddings of a batch as an isotropic Gaussian, by comparing them with N(0, 1) along random directions. There are no teacher, no stop-gradient and no negatives.",
  formula:
    'loss = (1 - lambda) prediction + lambda SIGReg\nprediction = mean over views v of |z_v - c|^2 / D, c: mean of the global views\nSIGReg = mean over directions of N times the integral of |E exp(i t x) - exp(-t^2 / 2)|^2 exp(-t^2 / 2) dt\nx: N embeddings projected onto a random direction.',
  trivial: 'lambda times SIGReg of zeros, which `carl plan` prints, if every embedding is zero.',
  views: 'Two or more views, with multi-crop further local ones.',
  failures: [
    'With lambda 0 all embeddings become the same.',
    'With lambda 1 views are not made alike, so the network learns noise.',
    'The statistic grows with the batch size, so lambda and batch size depend on each other.',
  ],
  figures: [],
};
