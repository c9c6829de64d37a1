import { Type } from '@carl-ssl/core';

/** Constants of LiDAR, equal in evaluator and metric. */
export const lidarConstants = {
  delta: Type.Number({
    exclusiveMinimum: 0,
    default: 1e-4,
    description: 'Added to the diagonal of the covariance of the views of an image.',
  }),
  epsilon: Type.Number({
    exclusiveMinimum: 0,
    default: 1e-7,
    description: 'Added to each eigenvalue after normalisation by their sum.',
  }),
};
