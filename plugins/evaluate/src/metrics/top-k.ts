import { CarlError, defineComponent, slots, Type, type HostMatrix, type Metric } from '@carl-ssl/core';
import { labels, matrix } from '../arrays.js';

/**
 * Share of the rows of `scores` [N, K] whose label in `labels` [N] is among the k largest scores, as `top<k>` for every k.
 * Of equal scores, the lower class counts as larger.
 */
function topK(ks: readonly number[]): Metric {
  return {
    compute(inputs) {
      const scores = matrix(inputs, 'scores');
      const classes = scores.columns;
      const most = Math.max(...ks);
      if (most > classes)
        throw new CarlError(
          'INPUT_ARGUMENT',
          `k is ${most}, but there are only ${classes} scores a row. Choose a 'k' of at most ${classes}.`,
        );
      const truth = labels(inputs, 'labels', { length: scores.rows, classes });
      const ranks = Array.from(truth, (label, row) => rankOf(scores, row, label));
      return Object.fromEntries(ks.map(k => [`top${k}`, ranks.filter(rank => rank < k).length / ranks.length]));
    },
  };
}

/** How many scores of the row are larger than that of the label. */
function rankOf({ data, columns }: HostMatrix, row: number, label: number): number {
  const own = data[row * columns + label];
  let rank = 0;
  for (let other = 0; other < columns; other++) {
    const score = data[row * columns + other];
    if (score > own || (score === own && other < label)) rank++;
  }
  return rank;
}

export default defineComponent(slots.metric, {
  use: 'top-k',
  description: 'Fraction of samples whose label is among the k largest scores.',
  options: Type.Object(
    {
      k: Type.Array(Type.Integer({ minimum: 1 }), {
        minItems: 1,
        uniqueItems: true,
        default: [1, 5],
        description: 'Values of k, each with its own result; at most the number of classes.',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ k }) => topK(k),
});
