import type { Tensor } from '@tensorflow/tfjs-core';
import { withEarlyRelease } from './early-release.js';
import { differentiate, withOwnTape } from './engine.js';
import { tf } from './tf.js';

/** A backward pass within another one: gradients of a function by some tensors, zeros for those that it does not depend on. */
export function nestedGradients(compute: () => Tensor, by: readonly Tensor[], dy: Tensor): Tensor[] {
  return withOwnTape(() =>
    tf.tidy(() => {
      const { gradients } = withEarlyRelease(() => differentiate(compute, by, dy));
      return gradients.map((gradient, i) => gradient ?? tf.zerosLike(by[i]));
    }),
  );
}
