import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import type { Collective } from '../contracts/collective.js';
import type { ObjectiveSize } from '../contracts/objective.js';
import type { TensorMap } from '../contracts/state.js';
import type { Pass } from '../contracts/weights.js';
import { CarlError } from '../errors/carl-error.js';
import { WeightStore } from '../tensor/weight-store.js';
import { buffersOf, ownVariable } from './buffers.js';
import type { InitialWeights } from './initial-weights.js';
import type { Network, NetworkShape } from './network.js';
import type { Streams } from '../contracts/random.js';

/** Prefixes of weights in files: `encoder.conv1.weight`, `prototypes.weight`. */
export const MODULES = ['encoder', 'head', 'predictor', 'prototypes'] as const;
export type ModuleName = (typeof MODULES)[number];

/** Passes of one network through its modules. */
export type Passes = Readonly<Record<ModuleName, Pass>>;

/** All tensors that training changes: weights of student and teacher, optimizer slots, state of assigner and objective. */
export interface Model {
  readonly student: WeightStore;
  readonly teacher?: WeightStore;
  /** Optimizer buffers by parameter, then slot. */
  readonly slots: ReadonlyMap<string, Readonly<Record<string, Variable>>>;
  /** Updates each parameter has had. */
  readonly updates: Map<string, number>;
  readonly assignerState: Readonly<Record<string, Variable>>;
  readonly objectiveState: Readonly<Record<string, Variable>>;
}

/** A fresh model; every value follows from the streams' seed, the encoder's from the initial weights if there are any. Owned by the caller, see {@link disposeModel}. */
export function createModel(network: Network, shape: NetworkShape, streams: Streams, initial?: InitialWeights): Model {
  const student = new WeightStore();
  student.add('encoder', network.encoder.weights(shape.image), streams);
  if (initial) student.load(initial.tensors, initial.path, 'encoder');
  if (network.head) student.add('head', network.head.weights([shape.featureDim]), streams);
  if (network.predictor) student.add('predictor', network.predictor.weights([shape.embeddingDim]), streams);
  if (network.assigner) student.add('prototypes', network.assigner.weights([shape.embeddingDim]), streams);
  const slotsOf = (value: Variable): Record<string, Variable> =>
    Object.fromEntries(network.optimizer.slots.map(slot => [slot, zeros(value.shape)]));
  const parameters = student.parameters();
  return {
    student,
    teacher: network.teacher && student.copy(),
    slots: new Map(parameters.map(({ name, variable }) => [name, slotsOf(variable)])),
    updates: new Map(parameters.map(({ name }) => [name, 0])),
    assignerState: buffersOf('assigner', assignerBuffers(network, shape), streams),
    objectiveState: buffersOf('objective', network.objective.state(objectiveSize(network, shape)), streams),
  };
}

function assignerBuffers({ assigner }: Network, { embeddingDim, batchSize, data }: NetworkShape) {
  return assigner?.state(embeddingDim, batchSize, data) ?? [];
}

/** The size of the problem the objective gets. */
export function objectiveSize(
  network: Network,
  { batchSize, views, embeddingDim, prototypeCount }: NetworkShape,
): ObjectiveSize {
  const width = network.objectiveTakesAssignments ? (prototypeCount ?? embeddingDim) : embeddingDim;
  const segments = network.assigner?.segments;
  return { batchSize, views: views.length, width, embeddingDim, prototypes: prototypeCount, segments };
}

/** The passes of a forward run over the weights of one store, with `random` and `images` of a pass that draws at random. */
export function passesOf(
  store: WeightStore,
  training: boolean,
  collective: Collective,
  draws?: Pick<Pass, 'random' | 'images'>,
): Passes {
  const pass = (name: ModuleName): Pass => ({ ...store.pass(name, training, collective), ...draws });
  return Object.fromEntries(MODULES.map(name => [name, pass(name)])) as Passes;
}

/** Stores new values of state buffers. @throws CarlError PLUGIN_CONTRACT if a component gives what it did not declare */
export function assignState(buffers: Readonly<Record<string, Variable>>, after: TensorMap): void {
  for (const [name, value] of Object.entries(after)) {
    const declared = Object.hasOwn(buffers, name) ? buffers[name].shape.join(', ') : 'nothing';
    const given = value.shape.join(', ');
    if (declared !== given)
      throw new CarlError('PLUGIN_CONTRACT', `new state ${name} has shape [${given}], declared was ${declared}`);
    buffers[name].assign(value as Variable);
  }
}

export function disposeModel(model: Model): void {
  model.student.dispose();
  model.teacher?.dispose();
  const slots = [...model.slots.values()].flatMap(group => Object.values(group));
  for (const tensor of [...slots, ...Object.values(model.assignerState), ...Object.values(model.objectiveState)])
    tensor.dispose();
}

function zeros(shape: readonly number[]): Variable {
  return ownVariable(tf.zeros([...shape]));
}
