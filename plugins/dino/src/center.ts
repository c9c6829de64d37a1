import { untracked, type Collective, type ObjectiveInputs, type StateSpec, type StepContext } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** `center` [K]: the moving average of the teacher's mean scores, zero at the start. */
export function centerState(prototypes: number): readonly StateSpec[] {
  return [{ name: 'center', shape: [prototypes], dtype: 'float32', initial: 0 }];
}

/** m center + (1 - m) mean of all rows [B, K] of all workers. */
export function movedCenter(
  center: Tensor1D,
  scores: readonly Tensor2D[],
  { momentum, collective }: { readonly momentum: number; readonly collective: Collective },
): Tensor1D {
  return tf.tidy(() => {
    const mean = collective.allReduceMean(tf.mean<Tensor1D>(tf.concat([...scores]), 0));
    return tf.add(tf.mul(center, momentum), tf.mul(mean, 1 - momentum));
  });
}

/** The centred and sharpened assignment softmax((scores - center) / temperature): [B, K]. */
export function centered(scores: Tensor2D, center: Tensor1D, temperature: number): Tensor2D {
  return tf.softmax(tf.div<Tensor2D>(tf.sub(scores, center), temperature));
}

/** The centre after this step, from the teacher's logits, or the views' own where there is no teacher. */
export function nextCenter(
  { outputs, targets, tensors }: Pick<ObjectiveInputs, 'outputs' | 'targets' | 'tensors'>,
  momentum: number,
  { collective }: StepContext,
): Tensor1D {
  const move = untracked((...rows: Tensor2D[]) =>
    movedCenter(tensors.center as Tensor1D, rows, { momentum, collective }),
  );
  return move(...(targets.length > 0 ? targets : outputs));
}
