import { Type } from 'typebox';
import { CarlError, defineComponent, slots, type Metric } from '@carl-ssl/core';
import { matrix } from '../arrays.js';
import { averagePrecision } from '../maths/average-precision.js';

/**
 * Average precision `perClass` [K] of `scores` [N, K] for `labels` [N, K] of 0 and 1, and its `mean` over the classes. Not
 * interpolated; a class without a positive sample counts as 0.
 */
const meanAveragePrecision: Metric = {
  compute(inputs) {
    const scores = matrix(inputs, 'scores');
    const labels = matrix(inputs, 'labels');
    if (scores.rows !== labels.rows || scores.columns !== labels.columns) {
      const shapes = `[${scores.rows}, ${scores.columns}] and [${labels.rows}, ${labels.columns}]`;
      throw new CarlError('SHAPE', `'scores' and 'labels' are ${shapes}. They must have the same shape.`);
    }
    checkBinary(labels.data, labels.columns);
    const perClass = Float64Array.from({ length: scores.columns }, (_, column) => {
      const relevant = Array.from(ofColumn(labels, column), label => label === 1);
      return averagePrecision(ofColumn(scores, column), relevant);
    });
    const mean = perClass.reduce((sum, value) => sum + value, 0) / perClass.length;
    return { perClass: { shape: [perClass.length], data: Float32Array.from(perClass) }, mean };
  },
};

function ofColumn(
  { data, rows, columns }: { data: ArrayLike<number>; rows: number; columns: number },
  column: number,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => data[row * columns + column]);
}

function checkBinary(labels: ArrayLike<number>, columns: number): void {
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 0 || labels[i] === 1) continue;
    const where = `Row ${Math.floor(i / columns)}, column ${i % columns} of 'labels'`;
    throw new CarlError(
      'INPUT_DATA',
      `${where} is ${labels[i]}. It must be 1 for a sample of the class and 0 otherwise.`,
    );
  }
}

export default defineComponent(slots.metric, {
  use: 'mean-average-precision',
  description: 'Average precision per class and its mean, for samples with several labels.',
  source: 'scikit-learn average_precision_score',
  options: Type.Object({}, { additionalProperties: false }),
  create: () => meanAveragePrecision,
});
