import { defineComponent, slots, tf, Type } from '@carl-ssl/core';
import { decayAt, decayedGradients } from './decay.js';
import { descend, momentumSlots } from './momentum.js';
import { excludeVectors, learningRate, momentum, nesterov, weightDecay } from './optimizer-options.js';

const options = Type.Object(
  { learningRate: learningRate(0.1), momentum: momentum(0), nesterov, weightDecay: weightDecay(0), excludeVectors },
  { additionalProperties: false },
);

/** Stochastic gradient descent with momentum, as torch computes it. */
export const sgd = defineComponent(slots.optimizer, {
  use: 'sgd',
  description: 'Stochastic gradient descent with optional momentum, Nesterov momentum and weight decay.',
  source: 'torch.optim.SGD',
  options,
  create: options => ({
    learningRate: options.learningRate,
    slots: momentumSlots(options),
    apply: (parameters, learningRate, at) => {
      tf.tidy(() => {
        descend(parameters, decayedGradients(parameters, decayAt(options, at)), { ...options, learningRate });
      });
    },
  }),
});
