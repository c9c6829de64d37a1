import type { MethodCard } from '@carl-ssl/core';

/** Barlow Twins in short. */
export const barlowCard: MethodCard = {
  name: 'Barlow Twins',
  idea: 'The cross-correlation matrix of two views over the batch should be the identity: each dimension is the same in both views, and different dimensions are not correlated.',
  formula:
    'C = cross-correlation [D, D] of the standardised embeddings of two views\nloss = sum over i of (C_ii - 1)^2 + lambda sum over i != j of C_ij^2',
  trivial: 'D if every image has the same embedding; lambda D (D - 1) if all dimensions are the same.',
  views: 'Two views and a projector that is wider than the features.',
  failures: [
    'Batches below 128 give correlations that are mostly noise.',
    'With lambda 0 all dimensions can become the same.',
    'Narrow embeddings, or none, cost accuracy.',
  ],
  figures: [
    { value: '73.2% linear', setting: 'ImageNet, ResNet-50, 1000 epochs at batch 2048', source: 'arXiv 2103.03230' },
    {
      value: '73.5% linear',
      setting: 'the published weights of this training',
      source: 'github.com/facebookresearch/barlowtwins',
    },
  ],
};

/** VICReg in short. */
export const vicregCard: MethodCard = {
  name: 'VICReg',
  idea: 'Three terms with a weight each: views of an image are near each other, every dimension keeps a standard deviation of at least 1 over the batch, and different dimensions are not correlated.',
  formula:
    'loss = invarianceWeight mean (z1 - z2)^2 + varianceWeight mean over dimensions of max(0, 1 - deviation) + covarianceWeight (1 / D) sum over i != j of Cov_ij^2',
  trivial: 'varianceWeight (1 - sqrt(epsilon)) if every image has the same embedding.',
  views: 'Two views and a projector that is wider than the features.',
  failures: [
    'A varianceWeight below invarianceWeight leads to a collapse or close to it.',
    'Narrow embeddings, or none, cost accuracy.',
  ],
  figures: [
    {
      value: '73.2% linear',
      setting: 'ImageNet, ResNet-50, 1000 epochs at batch 2048',
      source: 'arXiv 2105.04906; github.com/facebookresearch/vicreg',
    },
  ],
};

/** TiCo in short. */
export const ticoCard: MethodCard = {
  name: 'TiCo',
  idea: 'A view should have the embedding that a momentum teacher gives to the other view, and lie in directions in which few embeddings lie: those where a moving average of the covariance is small.',
  formula:
    'C = beta C + (1 - beta) mean of a^T a\nloss = 1 - mean of a.b + rho mean of a C a^T\na: embedding of a view, b: teacher embedding of another view, both of unit length',
  trivial: 'rho (1 - beta^t) at step t if every image has the same embedding.',
  views: 'Two views and a teacher.',
  failures: ['With rho 0 nothing keeps embeddings apart.'],
  figures: [],
};

/** Alignment and uniformity in short. */
export const uniformityCard: MethodCard = {
  name: 'Alignment and uniformity',
  idea: 'Both properties that a contrastive loss has in the limit are optimised as they are: views of an image are near each other, and images are spread over the unit sphere.',
  formula: 'loss = mean |x - y|^alpha + uniformityWeight log( mean over pairs of images of exp(-t |x_i - x_j|^2) )',
  trivial: '0 if every image has the same embedding.',
  views: 'Two or more views; batches of some hundred images for the uniformity.',
  failures: ['With a uniformityWeight of 0 all images become one.'],
  figures: [
    {
      value: '67.7% linear',
      setting: 'ImageNet, ResNet-50, 200 epochs, with the queue and teacher of MoCo',
      source: 'github.com/SsnL/moco_align_uniform',
    },
  ],
};

/** KoLeo in short. */
export const koleoCard: MethodCard = {
  name: 'KoLeo',
  idea: 'A regulariser: every image moves away from its nearest neighbour in the batch, so that embeddings spread evenly.',
  formula:
    'loss = - mean over images of log of the distance to the nearest other image of the batch, embeddings of unit length',
  trivial: '-ln(epsilon (1 + sqrt(D))) if every image has the same embedding.',
  views:
    'Any; it does not compare views. Use it in a `weighted-sum` with another objective, at a weight of 0.1 as in DINOv2.',
  failures: ['Alone it learns noise: nothing makes the views of an image alike.'],
  figures: [],
};
