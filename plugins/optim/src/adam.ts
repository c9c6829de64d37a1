import { defineComponent, slots, type Optimizer, type Updatable } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { Type, type Static } from 'typebox';
import { decayed, decayOf } from './decay.js';
import { excludeVectors, learningRate, weightDecay } from './optimizer-options.js';
import { updateEach, type Next } from './update.js';

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

/** How weight decay enters: the value and gradient that the Adam step starts from. */
type Decaying = (parameter: Updatable, weightDecay: number, learningRate: number) => Start;
type Start = Readonly<Record<'value' | 'gradient', Tensor>>;

const coupled: Decaying = (parameter, weightDecay) => ({
  value: parameter.value,
  gradient: decayed(parameter, weightDecay),
});

const decoupled: Decaying = ({ value, gradient }, weightDecay, learningRate) => ({
  value: weightDecay === 0 ? value : tf.mul(value, 1 - learningRate * weightDecay),
  gradient,
});

function createAdam(options: Options, decay: Decaying): Optimizer {
  return {
    learningRate: options.learningRate,
    slots: ['mean', 'square'],
    apply: (parameters, learningRate) => {
      const using = { ...options, learningRate };
      updateEach(parameters, now => adamStep(decay(now, decayOf(now, options), learningRate), now, using));
    },
  };
}

/** m = mean of g, s = mean of g^2, both corrected for their start at zero; p -= learningRate m / (sqrt(s) + epsilon). */
function adamStep({ value, gradient }: Start, { slots, updates }: Updatable, using: Options): Next {
  const { beta1, beta2, epsilon, learningRate } = using;
  const count = updates + 1;
  const mean = tf.add(tf.mul<Tensor>(slots.mean, beta1), tf.mul(gradient, 1 - beta1));
  const square = tf.add(tf.mul<Tensor>(slots.square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const root = tf.add(tf.mul(tf.sqrt(square), 1 / Math.sqrt(1 - beta2 ** count)), epsilon);
  const along = tf.div(tf.mul(mean, learningRate / (1 - beta1 ** count)), root);
  return { value: tf.sub(value, along), slots: { mean, square } };
}
