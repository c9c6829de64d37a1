import {
  inRowChunks,
  rowsAtOnce,
  tf,
  untracked,
  type Collective,
  type ObjectiveInputs,
  type StateSpec,
  type StepContext,
} from '@carl-ssl/core';
import type { Rank, Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** `center` [K]: the moving average of the teacher's mean scores, zero at the start. */
export function centerState(prototypes: number): readonly StateSpec[] {
  return [{ name: 'center', shape: [prototypes], dtype: 'float32', initial: 0 }];
}

export interface CenterOptions {
  readonly momentum: number;
  readonly collective: Collective;
  /** Number of rows of this worker that are averaged; all by default. */
  readonly rowCount?: Scalar | undefined;
}

/** m center + (1 - m) mean of all rows [B, K] of all workers, which may have different numbers of rows. */
export function movedCenter(center: Tensor1D, scores: readonly Tensor2D[], options: CenterOptions): Tensor1D {
  return tf.tidy(() => {
    const mean = meanOfWorkers(scores, options);
    return tf.add(tf.mul(center, options.momentum), tf.mul(mean, 1 - options.momentum));
  });
}

/** The mean of all rows; a worker without such rows has one row as a placeholder. */
function meanOfWorkers(scores: readonly Tensor2D[], { collective, ...options }: CenterOptions): Tensor1D {
  const count = scores.reduce((sum, { shape: [rows] }) => sum + rows, 0);
  const { rowCount = tf.scalar(count) } = options;
  const own = tf.div<Tensor1D>(tf.addN(scores.map(sumOfRows)), count);
  if (collective.size === 1) return own;
  const [means, counts] = collective.allGather([tf.expandDims<Tensor2D>(own), tf.reshape<Rank.R2>(rowCount, [1, 1])]);
  return tf.sum<Tensor1D>(tf.mul(means, tf.div(counts, tf.sum(counts))), 0);
}

/** The sum of the rows [B, K]; of a large matrix some rows at a time, because backends transpose before they sum columns. */
function sumOfRows(scores: Tensor2D): Tensor1D {
  const atOnce = rowsAtOnce(scores.shape[1]);
  const sums = inRowChunks({ rows: [scores], constants: [] }, atOnce, ({ rows: [rows] }) => ({
    values: tf.zeros<Rank.R1>([rows.shape[0]]),
    sum: tf.sum<Tensor1D>(rows, 0),
  }));
  return sums.sum;
}

/** The centred and sharpened assignment softmax((scores - center) / temperature): [B, K]. */
export function centered(scores: Tensor2D, center: Tensor1D, temperature: number): Tensor2D {
  return tf.softmax(tf.div<Tensor2D>(tf.sub(scores, center), temperature));
}

/** The centre after this step, from the teacher's logits, or without a teacher from those of the views. */
export function nextCenter(
  { outputs, targets, tensors }: Pick<ObjectiveInputs, 'outputs' | 'targets' | 'tensors'>,
  { momentum, rowCount }: Pick<CenterOptions, 'momentum' | 'rowCount'>,
  { collective }: StepContext,
): Tensor1D {
  const move = untracked((...rows: Tensor2D[]) =>
    movedCenter(tensors.center as Tensor1D, rows, { momentum, collective, rowCount }),
  );
  return move(...(targets.length > 0 ? targets : outputs));
}
