import { defineComponent, slots, Type, type Schedule, type Static } from '@carl-ssl/core';
import { cosineAt, warmupAt } from './cosine-curve.js';
import { checkWarmup, convention, given, startValue, steps, warmup, warmupLength } from './schedule-options.js';

const options = Type.Object(
  { steps, ...warmup, startValue, endValue: Type.Number({ default: 0, description: 'Value at the end.' }), convention },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** A straight rise to the start value, then half a cosine wave to the end value. */
export const cosineWarmup = defineComponent(slots.schedule, {
  use: 'cosine-warmup',
  description: 'Linear warm-up followed by cosine decay; the most common schedule.',
  source: 'arXiv 1706.02677, 1608.03983',
  options,
  check: checkWarmup,
  create: createSchedule,
});

function createSchedule(options: Options): Schedule {
  const { warmupStartValue: from, endValue: end, convention } = options;
  return {
    value: (step, defaults) => {
      const total = given(options.steps, 'steps', defaults);
      const start = given(options.startValue, 'startValue', defaults);
      const rising = warmupLength(options, defaults);
      const at = Math.min(step, total - 1);
      if (at < rising) return warmupAt(at, { from, to: start, steps: rising, convention });
      return cosineAt(at - rising, { start, end, steps: total - rising, convention });
    },
  };
}
