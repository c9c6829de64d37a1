import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { singleProcess } from '../builtin/single-process.js';
import type { Assigner } from '../contracts/assigner.js';
import type { StateSpec } from '../contracts/state.js';
import { tf } from '../tensor/tf.js';
import type { WeightStore } from '../tensor/weight-store.js';
import { storeOf } from './module.js';
import { contextAt, noise } from './probe.js';
import type { Subject } from './rule.js';
import { initialState } from './state.js';

export const [BATCH, WIDTH, STEPS] = [8, 6, 5];

/** An assigner with weights and the state of its first step. */
export interface TrialAssigner {
  readonly assigner: Assigner;
  readonly store: WeightStore;
  readonly specs: readonly StateSpec[];
  readonly state: Readonly<Record<string, Tensor>>;
}

/** Runs work with an assigner; weights and state are disposed afterwards. */
export async function trying<R>(
  { make }: Subject<Assigner>,
  work: (trial: TrialAssigner) => R | Promise<R>,
): Promise<R> {
  const assigner = make();
  const store = storeOf(assigner.weights([WIDTH]));
  const specs = assigner.state(WIDTH, BATCH);
  const state = initialState(specs);
  try {
    return await work({ assigner, store, specs, state });
  } finally {
    tf.dispose(Object.values(state));
    store.dispose();
  }
}

/** Embeddings [BATCH, WIDTH] of two views, normal values of the given deviation. */
export function viewsOf(purpose: string, deviation = 1): Tensor2D[] {
  return [0, 1].map(view => noise(`${purpose} ${String(view)}`, [BATCH, WIDTH], deviation) as Tensor2D);
}

/** Prepares and assigns as a training step does. */
export function assign({ assigner, store, state }: TrialAssigner, views: readonly Tensor2D[], step = 0) {
  const pass = store.pass('module', true, singleProcess);
  const prepared = assigner.prepare?.(pass, state, contextAt(step, STEPS));
  const { assigned, nextState } = assigner.assign(views, pass, { ...state, ...prepared }, contextAt(step, STEPS));
  return { assigned, nextState: { ...prepared, ...nextState } };
}
