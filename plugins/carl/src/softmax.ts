import { defineComponent, needsHeadScores, slots, tf, Type } from '@carl-ssl/core';

/** Uses the head's output as scores: the prototypes are the head's last layer, one output each. [B, K] -> p [B, K]. */
export const softmax = defineComponent(slots.assigner, {
  use: 'softmax',
  description: 'Softmax over the scores of a head whose last layer contains the prototypes.',
  options: Type.Object(
    {
      temperature: Type.Number({
        exclusiveMinimum: 0,
        default: 0.1,
        description: 'Scores are divided by it; lower values are sharper.',
      }),
    },
    { additionalProperties: false },
  ),
  temperature: o => ({ option: 'temperature', value: o.temperature }),
  check: (_options, facts) => needsHeadScores(facts),
  create: ({ temperature }) => ({
    weights: () => [],
    state: () => [],
    prototypeCount: scoreDim => scoreDim,
    assign: views => ({ assigned: views.map(scores => ({ logits: tf.div(scores, temperature) })) }),
  }),
});
