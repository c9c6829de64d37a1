import type { Tensor } from '@tensorflow/tfjs-core';
import { insideGradient, onTapeNode } from './engine.js';
import { tf } from './tf.js';

/**
 * Runs a function that contains one backward pass and frees every gradient and every saved tensor once the pass no longer
 * needs it. TensorFlow.js keeps them all until the pass ends, which takes a third of a training step's memory. The gradients
 * are the same. A nested backward pass that recomputes a part of this one may have an early release of its own; passes for
 * higher derivatives are left unchanged.
 * @param complete called during the pass
 */
export function withEarlyRelease<T>(differentiate: () => T, complete?: CompleteGradients): T {
  let release: (() => void) | undefined;
  const uses = new Map<Tensor, number>(complete?.of.map(tensor => [tensor, 0]));
  return onTapeNode(node => {
    const gradient = node.gradient;
    for (const input of Object.values(node.inputs)) if (uses.has(input)) uses.set(input, uses.get(input)! + 1);
    if (!gradient) return;
    node.gradient = dys => {
      if (insideGradient()) return gradient(dys);
      // The pass visits the nodes backward, one after the other: at this node it has finished the previous one.
      const first = release === undefined;
      release?.();
      // The gradients given to the first node belong to the caller.
      release = () => disposeAll([...(first ? [] : dys), ...(node.saved ?? [])]);
      const gradients = distinct(gradient(dys), dys);
      return complete ? reported(gradients, node.inputs, input => uses.get(input) === 1 && complete.visit) : gradients;
    };
  }, differentiate);
}

/** Calls `visit` with a tensor and its gradient, which it may free, once the gradient is complete. */
export interface CompleteGradients {
  readonly of: readonly Tensor[];
  /** Not called for tensors that several operations use: TensorFlow.js adds their gradients up itself. */
  readonly visit: (tensor: Tensor, gradient: Tensor) => void;
}

/** Gradients of a node that are reported as soon as they are computed. */
function reported(
  gradients: Record<string, () => Tensor>,
  inputs: Readonly<Record<string, Tensor>>,
  visitOf: (input: Tensor) => CompleteGradients['visit'] | false,
): Record<string, () => Tensor> {
  const reporting = (name: string, compute: () => Tensor) => () => {
    const gradient = compute();
    const visit = visitOf(inputs[name]);
    if (visit) visit(inputs[name], gradient);
    return gradient;
  };
  return Object.fromEntries(Object.entries(gradients).map(([name, compute]) => [name, reporting(name, compute)]));
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
