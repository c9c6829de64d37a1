import { untracked, type Collective, type ObjectiveInputs, type StateSpec, type StepContext } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
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
    const mean = meanOfWorkers(tf.concat([...scores]), options);
    return tf.add(tf.mul(center, options.momentum), tf.mul(mean, 1 - options.momentum));
  });
}

/** The mean of all rows; a worker without such rows has one row as a placeholder. */
function meanOfWorkers(rows: Tensor2D, { collective, rowCount = tf.scalar(rows.shape[0]) }: CenterOptions): Tensor1D {
  const own = tf.mean<Tensor1D>(rows, 0);
  if (collective.size === 1) return own;
  const [means, counts] = collective.allGather([tf.expandDims<Tensor2D>(own), tf.reshape<Rank.R2>(rowCount, [1, 1])]);
  return tf.sum<Tensor1D>(tf.mul(means, tf.div(counts, tf.sum(counts))), 0);
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
