import { defineComponent, slots, Type, type HostArray, type HostMatrix, type Metric } from '@carl-ssl/core';
import { agreement, labels, matrix, sameWidth } from '../arrays.js';
import { atOnce } from '../stepwise.js';
import { presentClasses } from '../maths/present-classes.js';
import { hostCrossEntropy, probabilities } from '../maths/host-cross-entropy.js';
import { fit, penaltyOf, penaltyTerm } from '../maths/softmax-regression.js';

interface Options {
  readonly C: number;
  readonly classes: number;
}

/**
 * Multinomial logistic regression fitted to `trainFeatures` [N, D], used as they are: the minimised `loss`, its cross-entropy
 * `trainLogLoss`, and for `testFeatures` [M, D] `predictions` [M], `probabilities` [M, K] and `accuracy`. Classes without a
 * training sample get probability 0.
 */
function logisticRegression({ C, classes }: Options): Metric {
  return {
    compute(inputs) {
      const train = matrix(inputs, 'trainFeatures');
      const test = matrix(inputs, 'testFeatures');
      sameWidth(train, test, "'trainFeatures' and 'testFeatures'");
      const present = presentClasses(labels(inputs, 'trainLabels', { length: train.rows, classes }));
      const testLabels = labels(inputs, 'testLabels', { length: test.rows, classes });
      const { weights, ...losses } = optimum(train, present.places, { C, classes: present.labels.length });
      const shares = spread(probabilities(test, weights), present.labels, classes);
      const predictions = largestPerRow(shares);
      const { rows } = test;
      return {
        ...losses,
        accuracy: agreement(predictions, testLabels),
        predictions: { shape: [rows], data: predictions },
        probabilities: shares,
      };
    },
  };
}

function optimum(features: HostMatrix, places: Int32Array, { C, classes }: Options) {
  const penalty = penaltyOf(C, { classes, samples: features.rows });
  const regression = { features, labels: places, classes, penalty };
  const { point, value } = atOnce(fit(regression, hostCrossEntropy(regression)));
  const width = features.columns + 1;
  return { weights: point, loss: value, trainLogLoss: value - penaltyTerm(point, { width, penalty }) };
}

/** Probabilities [M, present classes] as [M, K], with 0 for the others. */
function spread({ data, rows, columns }: HostMatrix, present: Int32Array, classes: number): HostArray {
  const all = new Float32Array(rows * classes);
  for (let i = 0; i < rows * columns; i++) all[Math.floor(i / columns) * classes + present[i % columns]] = data[i];
  return { shape: [rows, classes], data: all };
}

function largestPerRow({ shape: [rows, columns], data }: HostArray): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    const values = data.subarray(row * columns, (row + 1) * columns);
    return values.indexOf(Math.max(...values));
  });
}

export default defineComponent(slots.metric, {
  use: 'logistic-regression',
  description:
    'Multinomial logistic regression at its optimum: mean cross-entropy + |W|^2 / (2 C N), bias not penalised.',
  source: 'scikit-learn LogisticRegression',
  options: Type.Object(
    {
      C: Type.Number({
        exclusiveMinimum: 0,
        default: 1,
        description: 'Inverse regularisation strength.',
      }),
      classes: Type.Integer({ minimum: 2, description: 'Number of classes. Two: one logit with one weight vector.' }),
    },
    { additionalProperties: false },
  ),
  create: logisticRegression,
});
