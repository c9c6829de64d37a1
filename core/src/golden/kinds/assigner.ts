import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { singleProcess } from '../../builtin/single-process.js';
import type { Assigner } from '../../contracts/assigner.js';
import { slots } from '../../contracts/slots.js';
import { scope } from '../../tensor/scope.js';
import { tf } from '../../tensor/tf.js';
import { WeightStore } from '../../tensor/weight-store.js';
import { contextAt, hostsOf, stream, tensorOf, type RunKind } from '../bench.js';

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Runs assigners on given scores or embeddings; the other inputs are the state. `assignments` is the code, or else the
 * softmax of the logits; `labels` are where codes are largest and `similarity` the largest logits, at temperature 1. A
 * case with `start` tests clustering: `prepare` runs with `embeddings` as the memory bank, and the outputs are
 * `centroids` and `labels`.
 */
export const assigner: RunKind = async (golden, bench) => {
  const plain = 'similarity' in (golden.expect ?? {}) ? { temperature: 1 } : {};
  const component = bench.make(slots.assigner, { use: golden.use, ...plain, ...golden.options });
  if (!component) return undefined;
  const outputs = scope(() => {
    const tensors = Object.fromEntries(Object.entries(golden.inputs).map(([name, input]) => [name, tensorOf(input)]));
    return 'start' in tensors ? cluster(component, tensors) : assign(component, tensors);
  });
  return hostsOf(outputs);
};

function assign(component: Assigner, { scores, embeddings, ...state }: Tensors): Tensors {
  const rows = (scores ?? embeddings) as Tensor2D;
  const pass = new WeightStore().pass('prototypes', true, singleProcess);
  const { assigned, nextState = {} } = component.assign([rows], pass, state, contextAt(0, 1));
  const [{ logits, code = tf.softmax(logits) }] = assigned;
  const states = Object.entries(nextState).map(([name, value]) => [`after.${name}`, value] as const);
  const found = { assignments: code, labels: tf.argMax(code, 1), similarity: tf.max(logits, 1) };
  return { ...found, ...Object.fromEntries(states) };
}

function cluster(component: Assigner, tensors: Tensors): Tensors {
  const store = new WeightStore();
  store.add('prototypes', component.weights([tensors.embeddings.shape[1]!]), stream);
  const pass = store.pass('prototypes', true, singleProcess);
  const after = component.prepare?.(pass, tensors, contextAt(0, 1)) ?? {};
  const centroids = tf.clone(component.prototypes!(pass)!);
  store.dispose();
  return { centroids, labels: tf.reshape(after.labels, [-1]) };
}
