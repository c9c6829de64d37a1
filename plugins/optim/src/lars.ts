import {
  defineComponent,
  largestOf,
  slots,
  tf,
  Type,
  warning,
  type Finding,
  type Optimizer,
  type Static,
} from '@carl-ssl/core';
import { decayAt } from './decay.js';
import { descend, momentumSlots } from './momentum.js';
import { excludeVectors, learningRate, momentum, nesterov, weightDecay } from './optimizer-options.js';
import { decayedDirections, originalDirections } from './trust.js';

const options = Type.Object(
  {
    learningRate: learningRate(0.3),
    momentum: momentum(0.9),
    nesterov,
    weightDecay: weightDecay(1e-6),
    excludeVectors,
    trustCoefficient: Type.Number({
      exclusiveMinimum: 0,
      default: 0.001,
      description: "Factor of the trust ratio between the norms of a layer's weights and of its gradient.",
    }),
    epsilon: Type.Number({
      minimum: 0,
      default: 1e-8,
      description: 'Added to the denominator of the trust ratio in `formula: original`.',
    }),
    formula: Type.Union([Type.Literal('original'), Type.Literal('decayed')], {
      default: 'original',
      description:
        'Denominator of the trust ratio. original: the sum of the norms of the gradient and of the decay term; without ' +
        'weight decay, nothing is scaled. decayed: the norm of their sum, as in Barlow Twins and CARP.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** Layer-wise adaptive rates: each parameter's step is in proportion to its length. */
export const lars = defineComponent(slots.optimizer, {
  use: 'lars',
  description: 'SGD with momentum and layer-wise adaptive learning rates (LARS), for large batches.',
  source: 'arXiv 1708.03888; lightly; github.com/sthalles/carp',
  options,
  check,
  create: createLars,
});

function check({ formula, weightDecay }: Options): Finding[] {
  if (formula !== 'original' || largestOf(weightDecay) > 0) return [];
  const message =
    'without weight decay the original formula scales no layer: this is plain SGD with momentum, at the learning rate of LARS. Set weightDecay above 0 (1e-6 in SimCLR), or formula: decayed.';
  return [warning('LARS_WITHOUT_DECAY', 'weightDecay', message)];
}

function createLars(options: Options): Optimizer {
  const directionsOf = options.formula === 'original' ? originalDirections : decayedDirections;
  return {
    learningRate: options.learningRate,
    slots: momentumSlots(options),
    apply: (parameters, learningRate, at) => {
      tf.tidy(() => {
        descend(parameters, directionsOf(parameters, decayAt(options, at)), { ...options, learningRate });
      });
    },
  };
}
