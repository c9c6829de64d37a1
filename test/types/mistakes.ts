/** What TypeScript must refuse. A line that compiles after all makes `npm run typecheck` fail. */
import { defineComponent, definePlugin, Nested, type Objective, type Pass, Scheduled, slots } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const options = Type.Object(
  { weight: Type.Number({ default: 1, description: 'Weight.' }) },
  { additionalProperties: false },
);
const objective: Objective = {
  state: () => [],
  compute: () => ({ loss: tf.scalar(0), parts: {} }),
  trivial: () => [],
};
const base = { use: 'nothing', description: 'Nothing.', options };

defineComponent(slots.objective, { ...base, create: () => objective });

// @ts-expect-error -- there is no such slot
defineComponent(slots.objectives, { ...base, create: () => objective });

// @ts-expect-error -- an objective is no encoder
defineComponent(slots.encoder, { ...base, create: () => objective });

// @ts-expect-error -- every component is described
defineComponent(slots.objective, { use: 'nothing', options, create: () => objective });

// @ts-expect-error -- options are an object
defineComponent(slots.objective, { ...base, options: Type.Number(), create: () => objective });

// @ts-expect-error -- `weigth` is no option
defineComponent(slots.objective, { ...base, create: ({ weigth }) => (weigth, objective) });

// @ts-expect-error -- `weight` is a number
defineComponent(slots.objective, { ...base, create: ({ weight }) => (weight.trim(), objective) });

// @ts-expect-error -- nothing was asked for by `inject`
defineComponent(slots.objective, { ...base, create: (_, { components }) => (components.create(), objective) });

defineComponent(slots.objective, {
  ...base,
  create: given => {
    // @ts-expect-error -- options are frozen
    given.weight = 2;
    return objective;
  },
});

defineComponent(slots.objective, {
  ...base,
  // @ts-expect-error -- there are errors and warnings
  check: () => [{ severity: 'hint', code: 'NOTHING', path: '', message: '' }],
  create: () => objective,
});

// @ts-expect-error -- a plugin has a name
definePlugin({ components: [] });

// @ts-expect-error -- a component is not written by hand without a slot
definePlugin({ name: 'nothing', components: [{ ...base, create: () => objective }] });

// @ts-expect-error -- there is no such slot
Nested('encoders', { description: 'An encoder.' });

// @ts-expect-error -- options have descriptions
Nested('encoder', {});

// @ts-expect-error -- a scheduled number goes from one value to another
Scheduled({ description: 'A number.', default: { start: 1, end: 0 } });

export const wrong: Objective = {
  ...objective,
  // @ts-expect-error -- a loss is one number, not a row of them
  compute: () => ({ loss: tf.zeros<tf.Rank.R1>([3]), parts: {} }),
};

export function forward(pass: Pass): void {
  // @ts-expect-error -- a pass does not say which step it belongs to
  pass.step();
  // @ts-expect-error -- whether statistics are those of the batch is not a module's to decide
  pass.training = true;
}
