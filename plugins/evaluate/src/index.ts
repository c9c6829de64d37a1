import { definePlugin } from '@carl-ssl/core';
import alignmentUniformityMetric from './metrics/alignment-uniformity.js';
import clusteringMetric from './metrics/clustering.js';
import knnMetric from './metrics/knn.js';
import logisticRegressionMetric from './metrics/logistic-regression.js';
import meanAveragePrecisionMetric from './metrics/mean-average-precision.js';
import rankmeMetric from './metrics/rankme.js';
import silhouetteMetric from './metrics/silhouette.js';
import topKMetric from './metrics/top-k.js';

export default definePlugin({
  name: '@carl-ssl/evaluate',
  components: [
    alignmentUniformityMetric,
    clusteringMetric,
    knnMetric,
    logisticRegressionMetric,
    meanAveragePrecisionMetric,
    rankmeMetric,
    silhouetteMetric,
    topKMetric,
  ],
});
