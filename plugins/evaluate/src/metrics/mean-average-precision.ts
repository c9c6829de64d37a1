import { CarlError, defineComponent, slots, Type, type Metric } from '@carl-ssl/core';
import { matrix } from '../arrays.js';
import { averagePrecision, type Interpolation } from '../maths/average-precision.js';

/**
 * Average precision `perClass` [K] of `scores` [N, K] for `labels` [N, K] of 0 and 1, and its `mean` over the classes. A row
 * with label -1 is left out of that class, as the samples that PASCAL VOC calls difficult. A class without a positive sample
 * counts as 0.
 */
const meanAveragePrecision = (interpolation: Interpolation): Metric => ({
  compute(inputs) {
    const scores = matrix(inputs, 'scores');
    const labels = matrix(inputs, 'labels');
    if (scores.rows !== labels.rows || scores.columns !== labels.columns) {
      const shapes = `[${scores.rows}, ${scores.columns}] and [${labels.rows}, ${labels.columns}]`;
      throw new CarlError('SHAPE', `'scores' and 'labels' are ${shapes}. They must have the same shape.`);
    }
    checkLabels(labels.data, labels.columns);
    const perClass = Float64Array.from({ length: scores.columns }, (_, column) => {
      const truth = ofColumn(labels, column);
      const counted = (_: number, row: number) => truth[row] !== -1;
      const relevant = Array.from(truth.filter(counted), label => label === 1);
      return averagePrecision(ofColumn(scores, column).filter(counted), relevant, interpolation);
    });
    const mean = perClass.reduce((sum, value) => sum + value, 0) / perClass.length;
    return { perClass: { shape: [perClass.length], data: Float32Array.from(perClass) }, mean };
  },
});

function ofColumn(
  { data, rows, columns }: { data: ArrayLike<number>; rows: number; columns: number },
  column: number,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => data[row * columns + column]);
}

function checkLabels(labels: ArrayLike<number>, columns: number): void {
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 0 || labels[i] === 1 || labels[i] === -1) continue;
    const where = `Row ${Math.floor(i / columns)}, column ${i % columns} of 'labels'`;
    throw new CarlError(
      'INPUT_DATA',
      `${where} is ${labels[i]}. It must be 1 for a sample of the class, -1 for one to leave out, and 0 otherwise.`,
    );
  }
}

export default defineComponent(slots.metric, {
  use: 'mean-average-precision',
  description: 'Average precision per class and its mean, for samples with several labels.',
  source: 'scikit-learn average_precision_score; PASCAL VOC development kits of 2007 and 2010',
  options: Type.Object(
    {
      interpolation: Type.Union([Type.Literal('none'), Type.Literal('area'), Type.Literal('eleven-point')], {
        default: 'none',
        description:
          'none: as scikit-learn. area: area under the precision made monotone (VOC 2010). eleven-point: mean precision at recalls of 0, 0.1, ..., 1 (VOC 2007).',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ interpolation }) => meanAveragePrecision(interpolation),
});
