import type { Scalar, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Assigned, Assigner, DataSize } from '../contracts/assigner.js';
import type { Collective } from '../contracts/collective.js';
import type { StateSpec } from '../contracts/state.js';
import type { StepContext } from '../contracts/step-context.js';
import { tf } from '../tensor/tf.js';
import type { WeightStore } from '../tensor/weight-store.js';
import { storeOf, withOwnUpdates } from './module.js';
import { contextAt, noise } from './probe.js';
import type { Rule, Subject } from './rule.js';
import { initialState } from './state.js';
import {
  comparedWorkers,
  gradientsBy,
  isPerWorker,
  shareOf,
  stateAfter,
  unevenNoise,
  valuesOf,
  WORKERS_RULE,
  type Figures,
  type Outcome,
} from './workers.js';

const [BATCH, WIDTH, STEPS] = [8, 6, 5];
/** Two batches an epoch, so that work at the start of an epoch is done twice with all buffers filled. */
const DATA: DataSize = { images: 2 * BATCH, batches: 2 };
const WEIGHT = 'the weight ';

/** Rules for assigners whose batch is shared by several workers. */
export const assignerWorkerRules: readonly Rule<Assigner>[] = [{ name: WORKERS_RULE, check: twoHalves }];

interface Training {
  readonly assigner: Assigner;
  readonly store: WeightStore;
  readonly specs: readonly StateSpec[];
  /** True if the student has a teacher. */
  readonly taught: boolean;
}

async function twoHalves(subject: Subject<Assigner>): Promise<readonly string[]> {
  if (isPerWorker(subject)) return [];
  const assigner = subject.make();
  const specs = assigner.state(WIDTH, BATCH, DATA);
  const problems: string[] = [];
  for (const taught of [false, true]) {
    const store = storeOf(assigner.weights([WIDTH]));
    problems.push(...(await comparedSteps({ assigner, store, specs, taught })));
    store.dispose();
  }
  return [...new Set(problems)];
}

/** Compares steps; each starts from the buffers and weights of the previous one. */
async function comparedSteps(training: Training): Promise<readonly string[]> {
  const { store, specs } = training;
  let values: Figures = {};
  for (let step = 0; step < STEPS; step++) {
    const state = initialState(specs);
    const after = stateAfter(specs, values);
    tf.dispose(Object.keys(after).map(name => state[name]));
    const buffers = { ...state, ...after };
    const { one, problems } = await comparedWorkers(collective => outcome(training, buffers, { step, collective }));
    tf.dispose(buffers);
    values = { ...values, ...one.shared };
    storeWeights(store, one.shared);
    if (problems.length > 0) return problems.map(problem => `step ${step}: ${problem}`);
  }
  return [];
}

/** Sets weights that follow a rule to their values after a step. */
function storeWeights(store: WeightStore, values: Figures): void {
  const pass = store.pass('module', true, contextAt(0, STEPS).collective);
  const names = Object.keys(values).filter(name => name.startsWith(WEIGHT));
  tf.tidy(() => {
    for (const name of names) {
      const weight = name.slice(WEIGHT.length);
      pass.update(weight, tf.tensor(values[name] as Float32Array, pass.weight<Variable>(weight).shape));
    }
  });
  store.commit();
}

interface WorkerStep {
  readonly step: number;
  readonly collective: Collective;
}

/** Assignments, gradients and new buffers of a worker that holds its share of the batch. */
function outcome(
  { assigner, store, taught }: Training,
  buffers: Readonly<Record<string, Tensor>>,
  { step, collective }: WorkerStep,
): Outcome {
  const views = [0, 1].map(view => unevenNoise(`step ${step} view ${view}`, [BATCH, WIDTH]) as Tensor2D);
  const context = contextOf({ step, collective });
  const state = { ...buffers, ...(taught && teachers({ step, collective })) };
  return withOwnUpdates(store, { collective }, (pass, updates) => {
    let [rows, shared]: Figures[] = [{}, {}];
    const { loss, gradients } = gradientsBy(differentiable(views, store), () => {
      const prepared = assigner.prepare?.(pass, state, context);
      const own = views.map(view => shareOf(view, collective));
      const { assigned, nextState } = assigner.assign(own, pass, { ...state, ...prepared }, context);
      rows = rowsOf(assigned);
      shared = { ...valuesOf({ ...prepared, ...nextState }), ...updatesOf(updates) };
      return scalarOf(assigned, collective);
    });
    return { means: { 'a function of the logits': loss, ...gradients }, rows, shared };
  });
}

function contextOf({ step, collective }: WorkerStep): StepContext {
  const { batches } = DATA;
  const globalImages = Array.from({ length: BATCH }, (_, i) => (step % batches) * BATCH + ((i * 3 + step) % BATCH));
  const share = BATCH / collective.size;
  const images = globalImages.slice(collective.rank * share, (collective.rank + 1) * share);
  const batch = { number: step % batches, images, globalImages };
  return { ...contextAt(step, STEPS), epoch: Math.floor(step / batches), stepsPerEpoch: batches, collective, batch };
}

/** Embeddings of a teacher under the names that the state of a student has. */
function teachers({ step, collective }: WorkerStep): Record<string, Tensor> {
  const all = [0, 1].map(view => unevenNoise(`step ${step} teacher ${view}`, [BATCH, WIDTH]));
  return Object.fromEntries(all.map((one, i) => [`teacher${i}`, shareOf(one, collective)]));
}

function differentiable(views: readonly Tensor2D[], store: WeightStore): Record<string, Tensor> {
  const weights = store.parameters().map(({ name, variable }) => [name, variable] as const);
  const named = views.map((view, i) => [`view ${i}`, view] as const);
  return Object.fromEntries<Tensor>([...named, ...weights]);
}

function rowsOf(assigned: readonly Assigned[]): Figures {
  const entries = assigned.flatMap(({ logits, code }, i): [string, Tensor][] => [
    [`logits of view ${i}`, logits],
    ...(code ? [[`the code of view ${i}`, code] as [string, Tensor]] : []),
  ]);
  return valuesOf(Object.fromEntries(entries));
}

const updatesOf = (updates: ReadonlyMap<string, Tensor>): Figures =>
  valuesOf(Object.fromEntries([...updates].map(([name, value]) => [`${WEIGHT}${name}`, value])));

/** An arbitrary loss: the mean over rows of the logits times random weights. */
function scalarOf(assigned: readonly Assigned[], collective: Collective): Scalar {
  const terms = assigned.map(({ logits }, i) => {
    const weights = noise(`weights ${i}`, [BATCH, logits.shape[1]]);
    return tf.div<Scalar>(tf.sum(tf.mul(logits, shareOf(weights, collective))), logits.shape[0]);
  });
  return tf.addN(terms);
}
