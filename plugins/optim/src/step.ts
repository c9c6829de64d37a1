import { defineComponent, slots, Type, type Schedule, type Static } from '@carl-ssl/core';
import { warmupAt } from './cosine-curve.js';
import { checkWarmup, convention, given, startValue, warmup, warmupLength } from './schedule-options.js';

const options = Type.Object(
  {
    milestones: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
      minItems: 1,
      description: 'Epochs at whose start the value is multiplied by `factor`; may be fractional.',
    }),
    factor: Type.Number({ exclusiveMinimum: 0, default: 0.1, description: 'Factor applied at each milestone.' }),
    ...warmup,
    startValue,
    convention,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** A straight rise to the start value, which is then multiplied by a factor at each milestone. */
export const step = defineComponent(slots.schedule, {
  use: 'step',
  description: 'Step decay at given epochs, after an optional warm-up.',
  source: 'arXiv 1512.03385 (ResNet), 1706.02677 (warm-up)',
  options,
  check: checkWarmup,
  create: createSchedule,
});

function createSchedule(options: Options): Schedule {
  const { milestones, factor, warmupStartValue: from, convention } = options;
  return {
    value: (step, defaults) => {
      const start = given(options.startValue, 'startValue', defaults);
      const rising = warmupLength(options, defaults);
      if (step < rising) return warmupAt(step, { from, to: start, steps: rising, convention });
      const epoch = step / given(undefined, 'stepsPerEpoch', defaults);
      return start * factor ** milestones.filter(milestone => epoch >= milestone).length;
    },
  };
}
