import {
  defineComponent,
  kernels,
  slots,
  tf,
  Type,
  type AdamPlace,
  type Optimizer,
  type Static,
  type Updatable,
} from '@carl-ssl/core';
import { decayAt, decayOf, type Decay } from './decay.js';
import { excludeVectors, learningRate, weightDecay } from './optimizer-options.js';
import { assignAll } from './update.js';

const optionsOf = (decay: number) =>
  Type.Object(
    {
      learningRate: learningRate(0.001),
      beta1: Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.9,
        description: 'Decay rate of the moving average of the gradient.',
      }),
      beta2: Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.999,
        description: 'Decay rate of the moving average of the squared gradient.',
      }),
      epsilon: Type.Number({
        exclusiveMinimum: 0,
        default: 1e-8,
        description: 'Added to the square root of the averaged squared gradient.',
      }),
      weightDecay: weightDecay(decay),
      excludeVectors,
    },
    { additionalProperties: false },
  );
type Options = Readonly<Static<ReturnType<typeof optionsOf>>>;

export const adam = defineComponent(slots.optimizer, {
  use: 'adam',
  description: 'Adam; weight decay is added to the gradient.',
  source: 'arXiv 1412.6980; torch.optim.Adam',
  options: optionsOf(0),
  create: options => createAdam(options, coupled),
});

export const adamw = defineComponent(slots.optimizer, {
  use: 'adamw',
  description: 'Adam with decoupled weight decay.',
  source: 'arXiv 1711.05101; torch.optim.AdamW',
  options: optionsOf(0.01),
  create: options => createAdam(options, decoupled),
});

/** How weight decay enters: added to the gradient, or taken off the value before the step. */
type Decaying = (weightDecay: number, learningRate: number) => Pick<AdamPlace, 'coupledDecay' | 'kept'>;

const coupled: Decaying = weightDecay => ({ coupledDecay: weightDecay, kept: 1 });
const decoupled: Decaying = (weightDecay, learningRate) => ({ coupledDecay: 0, kept: 1 - learningRate * weightDecay });

/** m = mean of g, s = mean of g^2, both corrected for their start at zero; p -= learningRate m / (sqrt(s) + epsilon). */
function createAdam(options: Options, decay: Decaying): Optimizer {
  const placeOf = (now: Updatable, learningRate: number, at: Decay): AdamPlace => ({
    value: now.value,
    gradient: now.gradient,
    mean: now.slots.mean,
    square: now.slots.square,
    rate: learningRate / (1 - options.beta1 ** (now.updates + 1)),
    correction: 1 / Math.sqrt(1 - options.beta2 ** (now.updates + 1)),
    ...decay(decayOf(now, at), learningRate),
  });
  return {
    learningRate: options.learningRate,
    slots: ['mean', 'square'],
    apply: (parameters, learningRate, at) => {
      tf.tidy(() => {
        const decaying = decayAt(options, at);
        const places = parameters.map(now => placeOf(now, learningRate, decaying));
        const next = kernels.adamSteps(places, options);
        assignAll(parameters.map(({ value }) => value), next.map(({ value }) => value)); // prettier-ignore
        for (const name of ['mean', 'square'] as const)
          assignAll(parameters.map(({ slots }) => slots[name]), next.map(after => after[name])); // prettier-ignore
      });
    },
  };
}
