import type { Tensor } from '@tensorflow/tfjs-core';
import { insideGradient, onTapeNode } from './engine.js';
import { tf } from './tf.js';

/**
 * Runs a function that contains one backward pass and frees every gradient and every saved tensor once the pass no longer
 * needs it. TensorFlow.js keeps them all until the pass ends, which takes a third of a training step's memory. The gradients
 * are the same. A nested backward pass that recomputes a part of this one may have an early release of its own; passes for
 * higher derivatives are left unchanged.
 */
export function withEarlyRelease<T>(differentiate: () => T): T {
  let release: (() => void) | undefined;
  return onTapeNode(node => {
    const gradient = node.gradient;
    if (!gradient) return;
    node.gradient = dys => {
      if (insideGradient()) return gradient(dys);
      // The pass visits the nodes backward, one after the other: at this node it has finished the previous one.
      const first = release === undefined;
      release?.();
      // The gradients given to the first node belong to the caller.
      release = () => disposeAll([...(first ? [] : dys), ...(node.saved ?? [])]);
      return distinct(gradient(dys), dys);
    };
  }, differentiate);
}

const disposeAll = (tensors: readonly (Tensor | null)[]): void => tensors.forEach(tensor => tensor?.dispose());

/** Clones gradients that are one of the given tensors, or that several inputs share, so that each can be freed by itself. */
function distinct(
  gradients: Record<string, () => Tensor>,
  given: readonly (Tensor | null)[],
): Record<string, () => Tensor> {
  const taken = new Set<Tensor | null>(given);
  const own = (compute: () => Tensor) => () => {
    const gradient = compute();
    if (taken.has(gradient)) return tf.clone(gradient);
    taken.add(gradient);
    return gradient;
  };
  return Object.fromEntries(Object.entries(gradients).map(([input, compute]) => [input, own(compute)]));
}
