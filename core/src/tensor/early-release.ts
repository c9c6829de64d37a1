import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A recorded operation of TensorFlow.js's tape. */
interface TapeNode {
  readonly saved?: readonly Tensor[];
  gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

/** Where the engine keeps its own `addTapeNode` while a pass is under way: a pass within it must not free what is the outer one's, even if two copies of this module are loaded. */
const STOCK = Symbol.for('carl-ssl.stock-tape');

/** The engine's inside, as far as it is used here; TensorFlow.js's version is pinned. */
interface Tape {
  [STOCK]?: Tape['addTapeNode'];
  addTapeNode: (...node: unknown[]) => void;
  readonly state: { readonly activeTape: TapeNode[]; readonly gradientDepth: number };
}

/**
 * Runs a function with one backward pass in it, which then frees every gradient and every saved tensor as soon as the
 * pass is beyond them. TensorFlow.js keeps them all to its end, which costs a third of a training step's memory. The
 * gradients are the same. A backward pass within another one that recomputes a part of it may be given one of its own; those
 * for higher derivatives are left as they are.
 */
export function withEarlyRelease<T>(differentiate: () => T): T {
  const engine = tf.engine() as unknown as Tape;
  const before = { addTapeNode: engine.addTapeNode, stock: engine[STOCK] };
  const addTapeNode = (engine[STOCK] ??= engine.addTapeNode);
  let release: (() => void) | undefined;
  engine.addTapeNode = (...node) => {
    addTapeNode.apply(engine, node);
    const added = engine.state.activeTape[engine.state.activeTape.length - 1];
    const gradient = added.gradient;
    if (!gradient) return;
    added.gradient = dys => {
      if (engine.state.gradientDepth > 0) return gradient(dys);
      // The pass asks node by node, backward: that it asks this one means it is done with the one before.
      const first = release === undefined;
      release?.();
      // What the first node is given belongs to the caller.
      release = () => disposeAll([...(first ? [] : dys), ...(added.saved ?? [])]);
      return distinct(gradient(dys), dys);
    };
  };
  try {
    return differentiate();
  } finally {
    engine.addTapeNode = before.addTapeNode;
    engine[STOCK] = before.stock;
  }
}

const disposeAll = (tensors: readonly (Tensor | null)[]): void => tensors.forEach(tensor => tensor?.dispose());

/** A gradient function may hand on what it was given, or one tensor for two inputs: each gets one of its own, to be freed by itself. */
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
