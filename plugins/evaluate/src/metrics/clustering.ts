import { defineComponent, slots, Type } from '@carl-ssl/core';
import { integers } from '../arrays.js';
import { clusteringScores } from '../maths/clustering-scores.js';

/** Scores of `clusters` [N] against `labels` [N]; their names are those of `ClusteringScores`. */
export default defineComponent(slots.metric, {
  use: 'clustering',
  description:
    'How well a clustering agrees with the labels: NMI, AMI, ARI, homogeneity, completeness, V-measure, Fowlkes-Mallows index and accuracy.',
  source:
    'Vinh et al. 2010 (NMI, AMI, ARI); Rosenberg, Hirschberg 2007 (homogeneity, completeness, V-measure); Fowlkes, Mallows 1983',
  options: Type.Object({}, { additionalProperties: false }),
  create: () => ({
    compute(inputs) {
      const labels = integers(inputs, 'labels');
      return { ...clusteringScores(labels, integers(inputs, 'clusters', labels.length)) };
    },
  }),
});
