import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Frees the tensors that an interrupted gradient has saved for its backward pass; within another gradient nothing happens. */
export function abandonTape(): void {
  const { state } = tf.engine() as unknown as {
    readonly state: {
      readonly gradientDepth: number;
      activeTape: readonly { saved?: readonly Tensor[] }[] | null | undefined;
    };
  };
  if (state.gradientDepth > 0 || !state.activeTape) return;
  for (const { saved } of state.activeTape) saved?.forEach(tensor => tensor.dispose());
  state.activeTape = null;
}
