import type { Tensor } from '@tensorflow/tfjs-core';
import { hookKernels, insideGradient, onTapeNode, type KernelHook, type TapeNode } from './engine.js';
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
  const completion = complete && new Completion(complete);
  const visit = (node: TapeNode): void => {
    completion?.record(node);
    const gradient = node.gradient;
    if (!gradient) return;
    node.gradient = dys => {
      if (insideGradient()) return gradient(dys);
      // The pass visits the nodes backward, one after the other: at this node it has finished the previous one.
      const first = release === undefined;
      if (first) completion?.countUses(node);
      release?.();
      // The gradients given to the first node belong to the caller.
      release = () => disposeAll([...(first ? [] : dys), ...(node.saved ?? [])]);
      const gradients = distinct(gradient(dys), dys);
      return completion ? completion.watched(gradients, node.inputs) : gradients;
    };
  };
  const unhook = completion && hookKernels((...call) => completion.afterSum(...call));
  try {
    return onTapeNode(visit, differentiate);
  } finally {
    unhook?.();
  }
}

/** Calls `visit` with a tensor and its gradient, which it may free, once the gradient is complete. */
export interface CompleteGradients {
  readonly of: readonly Tensor[];
  readonly visit: (tensor: Tensor, gradient: Tensor) => void;
}

/** Finds out during a pass when the gradient of a tensor is complete: once the pass has visited all operations that use it. */
class Completion {
  private readonly uses: ReadonlyMap<Tensor, { all: number; left: number }>;
  private nodes: TapeNode[] = [];
  /** Last terms of gradients, which TensorFlow.js adds to the others next, and the tensors of these gradients. */
  private readonly lastTerms = new Map<Tensor, Tensor>();

  constructor(private readonly complete: CompleteGradients) {
    this.uses = new Map(complete.of.map(tensor => [tensor, { all: 0, left: 0 }]));
  }

  record(node: TapeNode): void {
    this.nodes.push(node);
  }

  /** Counts the operations that the pass will visit: those that the result depends on, which the last of them computes. */
  countUses(last: TapeNode): void {
    const needed = new Set(last.outputs);
    for (const { inputs, outputs } of this.nodes.reverse()) {
      if (!outputs.some(output => needed.has(output))) continue;
      for (const input of Object.values(inputs)) {
        needed.add(input);
        const uses = this.uses.get(input);
        if (uses) uses.left = ++uses.all;
      }
    }
    this.nodes = [];
  }

  /** The gradients of a node, seen as they are computed. */
  watched(
    gradients: Record<string, () => Tensor>,
    inputs: Readonly<Record<string, Tensor>>,
  ): Record<string, () => Tensor> {
    const watching = (tensor: Tensor, compute: () => Tensor) => () => {
      const term = compute();
      const uses = this.uses.get(tensor);
      if (!uses || --uses.left > 0) return term;
      if (uses.all === 1) this.complete.visit(tensor, term);
      else this.lastTerms.set(term, tensor);
      return term;
    };
    return Object.fromEntries(
      Object.entries(gradients).map(([name, compute]) => [name, watching(inputs[name], compute)]),
    );
  }

  /** Runs a kernel; the sum with a last term is a complete gradient. */
  afterSum(...[name, run, inputs]: Parameters<KernelHook>): unknown {
    const result = run();
    const tensor = name === 'Add' ? this.lastTerms.get(inputs.b) : undefined;
    if (tensor) {
      this.lastTerms.delete(inputs.b);
      this.complete.visit(tensor, result as Tensor);
    }
    return result;
  }
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
