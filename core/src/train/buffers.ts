import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { StateSpec } from '../contracts/state.js';
import type { Streams } from '../contracts/random.js';

/** Variables for the buffers of a component, as they are before the first step. */
export function buffersOf(owner: string, specs: readonly StateSpec[], streams: Streams): Record<string, Variable> {
  return Object.fromEntries(specs.map(spec => [spec.name, ownVariable(initialValue(owner, spec, streams))]));
}

/** A buffer's first value: what is drawn depends on the seed and the names alone. Owned by the caller. */
export function initialValue(owner: string, { name, shape, initial, dtype }: StateSpec, streams: Streams): Tensor {
  if (typeof initial === 'number') return tf.fill([...shape], initial, dtype);
  return tf.tensor(initial(streams.at(`state ${owner}.${name}`), shape), [...shape], dtype);
}

/** A variable without gradient that takes the place of a tensor; the tensor is disposed. */
export function ownVariable(initial: Tensor): Variable {
  const variable = tf.variable(initial, false);
  initial.dispose();
  return variable;
}
