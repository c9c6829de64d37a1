import { Type } from 'typebox';

/** Options that several optimizers share; each adds its own default learning rate and weight decay. */

export const learningRate = (value: number) =>
  Type.Number({
    minimum: 0,
    default: value,
    description: 'Learning rate before the schedule.',
  });

export const weightDecay = (value: number) =>
  Type.Number({
    minimum: 0,
    default: value,
    description: 'Share of the weights taken off at each step, before it is multiplied by the learning rate.',
  });

export const excludeVectors = Type.Boolean({
  default: false,
  description: 'Leave parameters of one dimension (biases, normalisation) without weight decay.',
});

export const momentum = (value: number) =>
  Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: value,
    description: 'Share of the velocity that is kept at each step.',
  });

export const nesterov = Type.Boolean({
  default: false,
  description: 'Step along the gradient plus the velocity to come (Nesterov).',
});
