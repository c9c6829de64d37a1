import type { Tensor } from '@tensorflow/tfjs-core';
import type { StateSpec, TensorMap } from '../contracts/state.js';
import { initialValue } from '../train/buffers.js';
import { allFinite, streams } from './probe.js';

/** The state before the first step; owned by the caller. */
export function initialState(specs: readonly StateSpec[]): Record<string, Tensor> {
  return Object.fromEntries(specs.map(spec => [spec.name, initialValue('contract', spec, streams)]));
}

/** Problems of new values of a state: unknown names, other shapes or types, values that are not finite. */
export function stateProblems(specs: readonly StateSpec[], after: TensorMap): string[] {
  return Object.entries(after).flatMap(([name, value]) => {
    const spec = specs.find(one => one.name === name);
    if (!spec) return [`it gives new values of ${name}, which it did not declare`];
    const [shape, wanted] = [value.shape.join(', '), spec.shape.join(', ')];
    if (shape !== wanted) return [`the new value of ${name} is [${shape}]; declared: [${wanted}]`];
    if (value.dtype !== spec.dtype) return [`the new value of ${name} is ${value.dtype}; declared: ${spec.dtype}`];
    return allFinite(value.dataSync()) ? [] : [`the new value of ${name} is not finite`];
  });
}
