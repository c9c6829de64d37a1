import { defineComponent, slots, type Optimizer } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import { Type, type Static } from 'typebox';
import { groupsOf, type Group } from './decay.js';
import { decayed } from './momentum.js';
import { excludeVectors, learningRate, weightDecay } from './optimizer-options.js';
import { updateTogether, type Current, type Next, type Rule } from './update.js';

const optionsOf = (decay: number) =>
  Type.Object(
    {
      learningRate: learningRate(0.001),
      beta1: Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.9,
        description: 'Share of the mean gradient that is kept at each step.',
      }),
      beta2: Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.999,
        description: 'Share of the mean squared gradient that is kept at each step.',
      }),
      epsilon: Type.Number({
        exclusiveMinimum: 0,
        default: 1e-8,
        description: 'Added to the root of the mean squared gradient.',
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
  description: 'Adam with weight decay apart from the gradient.',
  source: 'arXiv 1711.05101; torch.optim.AdamW',
  options: optionsOf(0.01),
  create: options => createAdam(options, decoupled),
});

/** How weight decay enters: the parameter and gradient that the Adam step starts from. */
type Decaying = (current: Current, weightDecay: number, learningRate: number) => Current;

const coupled: Decaying = (current, weightDecay) => ({ ...current, gradient: decayed(current, weightDecay) });

const decoupled: Decaying = (current, weightDecay, learningRate) =>
  weightDecay === 0 ? current : { ...current, value: tf.mul(current.value, 1 - learningRate * weightDecay) };

function createAdam(options: Options, decay: Decaying): Optimizer {
  const ruleOf = ({ weightDecay, updates }: Group, learningRate: number): Rule => {
    const step = { ...options, learningRate, count: updates + 1 };
    return current => adamStep(decay(current, weightDecay, learningRate), step);
  };
  return {
    learningRate: options.learningRate,
    slots: ['mean', 'square'],
    apply: (parameters, learningRate) => {
      for (const group of groupsOf(parameters, options)) updateTogether(group.parameters, ruleOf(group, learningRate));
    },
  };
}

/** m = mean of g, s = mean of g^2, both corrected for their start at zero; p -= learningRate m / (sqrt(s) + epsilon). */
function adamStep({ value, gradient, slots }: Current, step: Options & { readonly count: number }): Next {
  const { beta1, beta2, epsilon, learningRate, count } = step;
  const mean = tf.add(tf.mul(slots['mean'], beta1), tf.mul(gradient, 1 - beta1));
  const square = tf.add(tf.mul(slots['square'], beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const root = tf.add(tf.mul(tf.sqrt(square), 1 / Math.sqrt(1 - beta2 ** count)), epsilon);
  const along = tf.div(tf.mul(mean, learningRate / (1 - beta1 ** count)), root);
  return { value: tf.sub(value, along), slots: { mean, square } };
}
