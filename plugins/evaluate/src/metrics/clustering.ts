import { Type } from 'typebox';
import { defineComponent, slots } from '@carl-ssl/core';
import { integers } from '../arrays.js';
import { clusteringScores } from '../maths/clustering-scores.js';

/** Scores of `clusters` [N] against `labels` [N]: `nmi`, `ari`, `homogeneity`, `completeness` and `accuracy`. */
export default defineComponent(slots.metric, {
  use: 'clustering',
  description: 'How well a clustering agrees with the labels: NMI, ARI, homogeneity, completeness and accuracy.',
  source: 'Vinh et al. 2010 (NMI, ARI); Rosenberg, Hirschberg 2007 (homogeneity, completeness)',
  options: Type.Object({}, { additionalProperties: false }),
  create: () => ({
    compute(inputs) {
      const labels = integers(inputs, 'labels');
      return { ...clusteringScores(labels, integers(inputs, 'clusters', labels.length)) };
    },
  }),
});
