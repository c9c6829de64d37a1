import { Scheduled, Type } from '@carl-ssl/core';

/** Options that several optimizers share; each adds its own default learning rate and weight decay. */

export const learningRate = (value: number) =>
  Type.Number({
    minimum: 0,
    default: value,
    description: 'Base learning rate, before the schedule is applied.',
  });

export const weightDecay = (value: number) =>
  Scheduled({
    minimum: 0,
    default: value,
    description: 'Weight decay coefficient. In DINO, { from: 0.04, to: 0.4, curve: cosine }.',
  });

export const excludeVectors = Type.Boolean({
  default: false,
  description:
    'Exclude one-dimensional parameters (biases, normalisation) from weight decay; with `lars`, also from the trust ratio.',
});

export const momentum = (value: number) =>
  Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: value,
    description: 'Momentum coefficient.',
  });

export const nesterov = Type.Boolean({
  default: false,
  description: 'Use Nesterov momentum.',
});
