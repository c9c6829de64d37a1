import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { StateSpec, TensorMap } from '../contracts/state.js';
import type { Streams } from '../contracts/random.js';
import { CarlError } from '../errors/carl-error.js';
import { tf } from '../tensor/tf.js';

/** Variables for the buffers of a component, with their initial values. */
export function buffersOf(owner: string, specs: readonly StateSpec[], streams: Streams): Record<string, Variable> {
  return Object.fromEntries(specs.map(spec => [spec.name, ownVariable(initialValue(owner, spec, streams))]));
}

/** The initial value of a buffer; random values depend on the seed and the names alone. Owned by the caller. */
export function initialValue(owner: string, { name, shape, initial, dtype }: StateSpec, streams: Streams): Tensor {
  if (typeof initial === 'number') return tf.fill([...shape], initial, dtype);
  return tf.tensor(initial(streams.at(`state ${owner}.${name}`), shape), [...shape], dtype);
}

/** Turns a tensor into a variable without gradient; the tensor is disposed. */
export function ownVariable(initial: Tensor): Variable {
  const variable = tf.variable(initial, false);
  initial.dispose();
  return variable;
}

/** Stores new values of buffers. @throws CarlError PLUGIN_CONTRACT for a buffer that is not declared, or of another shape */
export function assignBuffers(buffers: Readonly<Record<string, Variable>>, values: TensorMap): void {
  for (const [name, value] of Object.entries(values)) {
    const given = value.shape.join(', ');
    if (!Object.hasOwn(buffers, name))
      throw new CarlError('PLUGIN_CONTRACT', `the new state ${name} [${given}] is not declared`);
    const declared = buffers[name].shape.join(', ');
    if (declared !== given)
      throw new CarlError(
        'PLUGIN_CONTRACT',
        `the new state ${name} has shape [${given}]; the declared shape is [${declared}]`,
      );
    buffers[name].assign(value as Variable);
  }
}
