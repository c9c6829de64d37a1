import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { singleProcess } from '../../collective/single-process.js';
import { slots } from '../../plugin/slot.js';
import { scope } from '../../tensor/scope.js';
import { WeightStore } from '../../tensor/weight-store.js';
import { contextAt, hostsOf, tensorOf, type RunKind } from '../bench.js';

/** Assigners on given scores: `assignments` is the code, or else the softmax of the logits; state goes in by name. */
export const assigner: RunKind = async (golden, bench) => {
  const component = bench.make(slots.assigner, { use: golden.use, ...golden.options });
  if (!component || !golden.inputs.scores) return undefined;
  const outputs = scope(() => {
    const { scores, ...state } = Object.fromEntries(
      Object.entries(golden.inputs).map(([name, input]) => [name, tensorOf(input)]),
    );
    const pass = new WeightStore().pass('prototypes', true, singleProcess);
    const { assigned, after = {} } = component.assign([scores as Tensor2D], pass, state, contextAt(0, 1));
    const [{ logits, code }] = assigned;
    const states = Object.entries(after).map(([name, value]) => [`after.${name}`, value] as const);
    return { assignments: code ?? tf.softmax(logits), ...Object.fromEntries(states) };
  });
  return hostsOf(outputs);
};
