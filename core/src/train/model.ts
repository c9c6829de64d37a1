import type { Variable } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../contracts/optimizer.js';
import { WeightStore, type Parameter } from '../tensor/weight-store.js';
import { buffersOf, ownVariable } from './buffers.js';
import type { InitialWeights } from './initial-weights.js';
import { objectiveSize, type Network, type NetworkShape } from './network.js';
import { PROBE, probeLayer } from './probe.js';
import type { StateSpec } from '../contracts/state.js';
import type { Streams } from '../contracts/random.js';
import { tf } from '../tensor/tf.js';

/** All tensors that training changes: weights of student and teacher, optimizer slots, state of assigner and objective. */
export interface Model {
  readonly student: WeightStore;
  readonly teacher?: WeightStore;
  /** Weights of the online probe. */
  readonly probe?: WeightStore;
  /** Optimizer buffers by parameter, then slot. */
  readonly slots: ReadonlyMap<string, Readonly<Record<string, Variable>>>;
  /** Number of updates by parameter. */
  readonly updates: Map<string, number>;
  readonly assignerState: Readonly<Record<string, Variable>>;
  readonly objectiveState: Readonly<Record<string, Variable>>;
}

/** A new model. Every value depends on the seed of the streams alone, the encoder's on the initial weights if there are any. Owned by the caller, see {@link disposeModel}. */
export function createModel(network: Network, shape: NetworkShape, streams: Streams, initial?: InitialWeights): Model {
  const student = new WeightStore();
  student.add('encoder', network.encoder.weights(shape.image), streams);
  if (initial) student.load(initial.tensors, initial.path, 'encoder');
  if (network.head) student.add('head', network.head.weights([shape.featureDim]), streams);
  if (network.predictor) student.add('predictor', network.predictor.weights([shape.embeddingDim]), streams);
  if (network.assigner) student.add('prototypes', network.assigner.weights([shape.embeddingDim]), streams);
  const probe = network.probe && new WeightStore();
  if (network.probe) probe?.add(PROBE, probeLayer(shape.featureDim, network.probe).weights, streams);
  const own = slotsOf(student.parameters(), network.optimizer);
  const all = new Map([
    ...own,
    ...(probe && network.probe ? slotsOf(probe.parameters(), network.probe.optimizer) : []),
  ]);
  return {
    student,
    teacher: network.teacher && student.copy(),
    ...(probe && { probe }),
    slots: all,
    updates: new Map([...all.keys()].map(name => [name, 0])),
    assignerState: buffersOf('assigner', assignerBuffers(network, shape), streams),
    objectiveState: buffersOf('objective', network.objective.state(objectiveSize(network, shape)), streams),
  };
}

type Slots = Readonly<Record<string, Variable>>;

/** Buffers of an optimizer for each parameter. */
function slotsOf(parameters: readonly Parameter[], { slots }: Optimizer): ReadonlyMap<string, Slots> {
  const buffers = ({ shape }: Variable): Slots => Object.fromEntries(slots.map(slot => [slot, zeros(shape)]));
  return new Map(parameters.map(({ name, variable }) => [name, buffers(variable)]));
}

/** Buffers that the assigner of a network keeps between steps. */
export function assignerBuffers(
  { assigner }: Network,
  { embeddingDim, batchSize, data }: NetworkShape,
): readonly StateSpec[] {
  return assigner?.state(embeddingDim, batchSize, data) ?? [];
}

export function disposeModel(model: Model): void {
  model.student.dispose();
  model.teacher?.dispose();
  model.probe?.dispose();
  const slots = [...model.slots.values()].flatMap(group => Object.values(group));
  for (const tensor of [...slots, ...Object.values(model.assignerState), ...Object.values(model.objectiveState)])
    tensor.dispose();
}

function zeros(shape: readonly number[]): Variable {
  return ownVariable(tf.zeros([...shape]));
}
