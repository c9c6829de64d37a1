import type { EvaluationControl, FeatureSet } from '../contracts/evaluator.js';
import { tf } from '../tensor/tf.js';
import { toUnitLength } from './image-rows.js';

/** Rows that are compared with a block of others at once; their cosines take 16 MB. */
const ROWS = 1024;
const COLUMNS = 4096;

/** Cosines between two blocks of images. */
export interface Similarities {
  /** Index of the first image of the rows and of the columns. */
  readonly row: number;
  readonly column: number;
  readonly width: number;
  /** [rows, width]. */
  readonly cosines: Float32Array;
}

/** The cosines between all pairs of images, block by block: for each block of rows, all columns in order. */
export async function* similarities(
  features: FeatureSet,
  control: EvaluationControl,
): AsyncGenerator<Similarities, void, undefined> {
  const { length, dim } = features;
  const unit = async (from: number, to: number) =>
    tf.tensor2d(toUnitLength((await features.rows(from, to)).slice(), dim), [to - from, dim]);
  for (let row = 0; row < length; row += ROWS) {
    const left = await unit(row, Math.min(length, row + ROWS));
    try {
      for (let column = 0; column < length; column += COLUMNS) {
        await control.progress(row, length);
        const right = await unit(column, Math.min(length, column + COLUMNS));
        const product = tf.matMul(left, right, false, true);
        const width = right.shape[0];
        right.dispose();
        const cosines = await product.data<'float32'>();
        product.dispose();
        yield { row, column, width, cosines };
      }
    } finally {
      left.dispose();
    }
  }
  await control.progress(length, length);
}
