import { defineComponent, slots, Type } from '@carl-ssl/core';
import { integers, matrix } from '../arrays.js';
import { atOnce } from '../stepwise.js';
import { groupedSilhouette } from '../maths/silhouette.js';

/** Mean `silhouette` of `features` [N, D] grouped by `labels` [N]: -1 (wrong group) to 1 (far from all other groups). */
export default defineComponent(slots.metric, {
  use: 'silhouette',
  description: 'How much closer rows are to their own group than to the nearest other group.',
  source: 'Rousseeuw 1987',
  options: Type.Object(
    {
      metric: Type.Literal('euclidean', { default: 'euclidean', description: 'Distance between rows.' }),
    },
    { additionalProperties: false },
  ),
  create: () => ({
    compute(inputs) {
      const features = matrix(inputs, 'features');
      return { silhouette: atOnce(groupedSilhouette(features, integers(inputs, 'labels', features.rows))) };
    },
  }),
});
