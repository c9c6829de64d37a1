import type { HostMatrix } from '@carl-ssl/core';
import type { Evaluation } from './minimize.js';
import type { CrossEntropy, Regression } from './softmax-regression.js';

/** The cross-entropy of a softmax regression in float64 on the host: exact, for few samples. */
export function hostCrossEntropy(regression: Regression): CrossEntropy {
  return {
    evaluate: weights => evaluate(regression, weights),
    gram: () => gram(regression.features),
    noise: 1e-14,
    tolerance: 1e-10,
  };
}

function evaluate({ features, labels, classes }: Regression, weights: Float64Array): Evaluation {
  const { data, rows, columns } = features;
  const gradient = new Float64Array(weights.length);
  const residual = new Float64Array(classes);
  let value = 0;
  for (let row = 0; row < rows; row++) {
    softmaxOfRow(features, row, { weights, probabilities: residual });
    value -= Math.log(Math.max(residual[labels[row]], Number.MIN_VALUE)) / rows;
    residual[labels[row]] -= 1;
    for (let k = 0; k < classes; k++) {
      const start = k * (columns + 1);
      for (let i = 0; i < columns; i++) gradient[start + i] += (residual[k] * data[row * columns + i]) / rows;
      gradient[start + columns] += residual[k] / rows;
    }
  }
  return { value, gradient };
}

/** Class probabilities [N, K] for features [N, D] and weights [K, D + 1]. */
export function probabilities(features: HostMatrix, weights: Float64Array): HostMatrix {
  const classes = weights.length / (features.columns + 1);
  const data = new Float64Array(features.rows * classes);
  for (let row = 0; row < features.rows; row++) {
    softmaxOfRow(features, row, { weights, probabilities: data.subarray(row * classes, (row + 1) * classes) });
  }
  return { data, rows: features.rows, columns: classes };
}

function softmaxOfRow(
  { data, columns }: HostMatrix,
  row: number,
  { weights, probabilities }: { weights: Float64Array; probabilities: Float64Array },
): void {
  let largest = -Infinity;
  for (let k = 0; k < probabilities.length; k++) {
    const start = k * (columns + 1);
    let logit = weights[start + columns];
    for (let i = 0; i < columns; i++) logit += weights[start + i] * data[row * columns + i];
    probabilities[k] = logit;
    largest = Math.max(largest, logit);
  }
  let total = 0;
  for (let k = 0; k < probabilities.length; k++) total += probabilities[k] = Math.exp(probabilities[k] - largest);
  for (let k = 0; k < probabilities.length; k++) probabilities[k] /= total;
}

/** The lower triangle of X^T X / N with a column of ones at the end of X. */
function gram({ data, rows, columns }: HostMatrix): Float64Array {
  const width = columns + 1;
  const sums = new Float64Array(width * width);
  const sample = new Float64Array(width).fill(1);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) sample[i] = data[row * columns + i];
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) sums[i * width + j] += (sample[i] * sample[j]) / rows;
    }
  }
  return sums;
}
