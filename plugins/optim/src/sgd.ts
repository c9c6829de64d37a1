import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { decayed, decayOf } from './decay.js';
import { descend, momentumSlots } from './momentum.js';
import { excludeVectors, learningRate, momentum, nesterov, weightDecay } from './optimizer-options.js';
import { updateEach } from './update.js';

const options = Type.Object(
  { learningRate: learningRate(0.1), momentum: momentum(0), nesterov, weightDecay: weightDecay(0), excludeVectors },
  { additionalProperties: false },
);

/** Stochastic gradient descent with momentum, as torch computes it. */
export const sgd = defineComponent(slots.optimizer, {
  use: 'sgd',
  description: 'Stochastic gradient descent, with momentum (Nesterov if wanted) and weight decay.',
  source: 'torch.optim.SGD',
  options,
  create: options => ({
    learningRate: options.learningRate,
    slots: momentumSlots(options),
    apply: (parameters, learningRate) => {
      const using = { ...options, learningRate };
      updateEach(parameters, now => descend(now, decayed(now, decayOf(now, options)), using));
    },
  }),
});
