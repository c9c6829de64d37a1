import { Type } from 'typebox';
import { CarlError, defineComponent, slots, type Metric } from '@carl-ssl/core';
import { integers, matrix } from '../arrays.js';
import { silhouette } from '../maths/silhouette.js';

/** Mean `silhouette` of `features` [N, D] grouped by `labels` [N]: -1 (wrong group) to 1 (far from all other groups). */
const meanSilhouette: Metric = {
  compute(inputs) {
    const features = matrix(inputs, 'features');
    const labels = integers(inputs, 'labels', features.rows);
    const groups = [...new Set(labels)];
    if (groups.length < 2 || groups.length >= features.rows) {
      const found = `'labels' has ${groups.length} groups of ${features.rows} rows.`;
      throw new CarlError('INPUT_DATA', `${found} A silhouette needs at least 2 groups and fewer groups than rows.`);
    }
    const placeOf = new Map(groups.map((group, place) => [group, place]));
    return {
      silhouette: silhouette(
        features,
        labels.map(label => placeOf.get(label)!),
      ),
    };
  },
};

export default defineComponent(slots.metric, {
  use: 'silhouette',
  description: 'How much closer rows are to their own group than to the nearest other one.',
  source: 'Rousseeuw 1987',
  options: Type.Object(
    {
      metric: Type.Literal('euclidean', { default: 'euclidean', description: 'The distance.' }),
    },
    { additionalProperties: false },
  ),
  create: () => meanSilhouette,
});
