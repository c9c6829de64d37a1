import { definePlugin } from '@carl-ssl/core';
import alignmentUniformityEvaluator from './evaluators/alignment-uniformity.js';
import assignmentsEvaluator from './evaluators/assignments.js';
import clusteringEvaluator from './evaluators/clustering.js';
import fineTuneEvaluator from './evaluators/fine-tune.js';
import knnEvaluator from './evaluators/knn.js';
import lidarEvaluator from './evaluators/lidar.js';
import linearEvaluator from './evaluators/linear.js';
import linearSgdEvaluator from './evaluators/linear-sgd.js';
import linearSvmEvaluator from './evaluators/linear-svm.js';
import lowShotLinearEvaluator from './evaluators/low-shot-linear.js';
import rankmeEvaluator from './evaluators/rankme.js';
import retrievalEvaluator from './evaluators/retrieval.js';
import silhouetteEvaluator from './evaluators/silhouette.js';
import alignmentUniformityMetric from './metrics/alignment-uniformity.js';
import clusteringMetric from './metrics/clustering.js';
import knnMetric from './metrics/knn.js';
import lidarMetric from './metrics/lidar.js';
import linearSvmMetric from './metrics/linear-svm.js';
import logisticRegressionMetric from './metrics/logistic-regression.js';
import meanAveragePrecisionMetric from './metrics/mean-average-precision.js';
import rankmeMetric from './metrics/rankme.js';
import retrievalMetric from './metrics/retrieval.js';
import silhouetteMetric from './metrics/silhouette.js';
import topKMetric from './metrics/top-k.js';

export { clusteringScores, type ClusteringScores } from './maths/clustering-scores.js';
export { kMeans, type KMeansOptions } from './maths/k-means.js';
export { kNearestOnBackend } from './maths/k-nearest-on-backend.js';
export { LinearProbe } from './maths/linear-probe.js';

export default definePlugin({
  name: '@carl-ssl/evaluate',
  components: [
    alignmentUniformityEvaluator,
    assignmentsEvaluator,
    clusteringEvaluator,
    fineTuneEvaluator,
    knnEvaluator,
    lidarEvaluator,
    linearEvaluator,
    linearSgdEvaluator,
    linearSvmEvaluator,
    lowShotLinearEvaluator,
    rankmeEvaluator,
    retrievalEvaluator,
    silhouetteEvaluator,
    alignmentUniformityMetric,
    clusteringMetric,
    knnMetric,
    lidarMetric,
    linearSvmMetric,
    logisticRegressionMetric,
    meanAveragePrecisionMetric,
    rankmeMetric,
    retrievalMetric,
    silhouetteMetric,
    topKMetric,
  ],
});
