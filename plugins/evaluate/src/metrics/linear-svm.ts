import { CarlError, defineComponent, slots, Type, type HostMatrix, type Metric } from '@carl-ssl/core';
import { matrix, sameWidth } from '../arrays.js';
import { averagePrecision } from '../maths/average-precision.js';
import { decisions, fitSquaredHinge } from '../maths/squared-hinge.js';

interface Options {
  readonly C: number;
  readonly positiveWeight: number;
}

/**
 * One linear support vector machine for each class against the rest, fitted to `trainFeatures` [N, D] and `trainLabels`
 * [N, K] of 0 and 1: `decisions` [M, K] of `testFeatures` [M, D], average precision `perClass` [K] for `testLabels` [M, K],
 * not interpolated, and its `mean`.
 */
function linearSvm(options: Options): Metric {
  return {
    compute(inputs) {
      const train = matrix(inputs, 'trainFeatures');
      const test = matrix(inputs, 'testFeatures');
      sameWidth(train, test, "'trainFeatures' and 'testFeatures'");
      const [trainLabels, testLabels] = [matrix(inputs, 'trainLabels'), matrix(inputs, 'testLabels')];
      sameWidth(trainLabels, testLabels, "'trainLabels' and 'testLabels'");
      sameRows(train, trainLabels, 'train');
      sameRows(test, testLabels, 'test');
      const classes = trainLabels.columns;
      const all = new Float32Array(test.rows * classes);
      const perClass = Float32Array.from({ length: classes }, (_, column) => {
        const weights = fitSquaredHinge({ features: train, positive: isOne(trainLabels, column), ...options });
        const values = decisions(test, weights);
        values.forEach((value, row) => (all[row * classes + column] = value));
        return averagePrecision(values, isOne(testLabels, column));
      });
      const mean = perClass.reduce((sum, value) => sum + value, 0) / classes;
      return {
        decisions: { shape: [test.rows, classes], data: all },
        perClass: { shape: [classes], data: perClass },
        mean,
      };
    },
  };
}

function isOne({ data, rows, columns }: HostMatrix, column: number): readonly boolean[] {
  return Array.from({ length: rows }, (_, row) => data[row * columns + column] === 1);
}

function sameRows(features: HostMatrix, labels: HostMatrix, name: string): void {
  if (features.rows === labels.rows) return;
  throw new CarlError('SHAPE', `'${name}Features' has ${features.rows} rows and '${name}Labels' has ${labels.rows}.`);
}

export default defineComponent(slots.metric, {
  use: 'linear-svm',
  description: 'Average precision of linear support vector machines, one for each class against the rest.',
  source: 'LIBLINEAR, L2-regularised squared hinge loss; VOC07 protocol of arXiv 1905.01235',
  options: Type.Object(
    {
      C: Type.Number({ exclusiveMinimum: 0, default: 1, description: 'Weight of the loss against the penalty.' }),
      positiveWeight: Type.Number({
        exclusiveMinimum: 0,
        default: 2,
        description: 'Factor of the loss of samples of the class.',
      }),
    },
    { additionalProperties: false },
  ),
  create: linearSvm,
});
