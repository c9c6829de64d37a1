import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { NetworkOutput } from '../contracts/evaluator.js';
import { discardNote } from '../contracts/note.js';
import type { Streams } from '../contracts/random.js';
import type { StepContext } from '../contracts/step-context.js';
import { CarlError } from '../errors/carl-error.js';
import { splitSegments } from '../maths/segments.js';
import { scope } from '../tensor/scope.js';
import { softmax } from '../tensor/softmax.js';
import { tf } from '../tensor/tf.js';
import type { DiskTensors } from '../tensor/weight-layout.js';
import { WeightStore } from '../tensor/weight-store.js';
import { initialValue } from '../train/buffers.js';
import type { Network, NetworkShape } from '../train/network.js';
import type { NetworkName } from './results.js';

/** Maps features to an output behind the encoder. */
export interface OutputMap {
  /** Width of the output. */
  readonly dim: number;
  /** Number of prototypes in each set, for assignments. */
  readonly prototypeSets?: readonly number[];
  /** The prototypes [K, D], borrowed, for assignments to prototypes that are weights. */
  readonly prototypes?: () => Tensor2D | undefined;
  /** Features [B, D] to the output [B, dim], in evaluation mode; owned by the caller. */
  apply(features: Tensor2D): Tensor2D;
  close(): void;
}

/** The modules of a network behind the encoder, and the source of their weights. */
export interface OutputSource {
  readonly network: Network;
  readonly shape: NetworkShape;
  readonly streams: Streams;
  /** The trained weights under their names on disk; undefined for the network before the first step. */
  readonly trained?: { readonly tensors: DiskTensors; readonly source: string };
  /** The judged network: the predictor belongs to the student. */
  readonly judged: NetworkName;
}

/** @throws CarlError INPUT_WEIGHTS, or INPUT_PIPELINE for assignments of a network without an assigner */
export function outputMap(source: OutputSource, output: Exclude<NetworkOutput, 'features'>): OutputMap {
  const { network, shape } = source;
  const { assigner } = network;
  if (output === 'embeddings') {
    const store = storeOf(source, ['head']);
    return { dim: shape.embeddingDim, apply: h => scope(() => embed(source, store, h)), close: () => store.dispose() };
  }
  if (!assigner)
    throw new CarlError(
      'INPUT_PIPELINE',
      'The pipeline has no `assigner`, so that there are no assignments to measure.',
    );
  const store = storeOf(source, ['head', 'predictor', 'prototypes']);
  const count = shape.prototypeCount!;
  const prototypeSets = assigner.segments ?? [count];
  return {
    dim: count,
    prototypeSets,
    prototypes: () => assigner.prototypes?.(store.pass('prototypes', false, network.collective)),
    apply: h => scope(() => assignments(source, store, { embeddings: embed(source, store, h), prototypeSets })),
    close: () => store.dispose(),
  };
}

type ModuleName = 'head' | 'predictor' | 'prototypes';

/** The weights of some modules: the trained ones, or those before the first step. */
function storeOf(
  { network, shape, streams, trained, judged }: OutputSource,
  names: readonly ModuleName[],
): WeightStore {
  const { head, predictor, assigner } = network;
  const specs = {
    head: head?.weights([shape.featureDim]) ?? [],
    predictor: judged === 'student' ? (predictor?.weights([shape.embeddingDim]) ?? []) : [],
    prototypes: assigner?.weights([shape.embeddingDim]) ?? [],
  };
  const store = new WeightStore();
  try {
    for (const name of names.filter(one => specs[one].length > 0)) {
      store.add(name, specs[name], streams);
      if (trained) store.load(ofModule(trained, name), trained.source, name);
    }
    return store;
  } catch (error) {
    store.dispose();
    throw error;
  }
}

function ofModule({ tensors, source }: NonNullable<OutputSource['trained']>, module: ModuleName): DiskTensors {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(`${module}.`));
  if (own.length > 0) return Object.fromEntries(own);
  throw new CarlError(
    'INPUT_WEIGHTS',
    `${source} has no weights of the module '${module}', which embeddings and assignments need. Use a run of the pipeline or a file with these weights, or leave out the evaluator that needs them.`,
  );
}

function embed({ network: { head, collective } }: OutputSource, store: WeightStore, features: Tensor2D): Tensor2D {
  return head ? head.forward(features, store.pass('head', false, collective)) : tf.clone(features);
}

function assignments(
  { network, shape, streams, judged }: OutputSource,
  store: WeightStore,
  { embeddings, prototypeSets }: { readonly embeddings: Tensor2D; readonly prototypeSets: readonly number[] },
): Tensor2D {
  const { predictor, collective } = network;
  const assigner = network.assigner!;
  const predicts = predictor !== undefined && judged === 'student';
  const rows = predicts ? predictor.forward(embeddings, store.pass('predictor', false, collective)) : embeddings;
  // Logits of prototypes do not depend on the buffers, which only codes use.
  const buffers = assigner.state(shape.embeddingDim, shape.batchSize);
  const state = Object.fromEntries(buffers.map(spec => [spec.name, initialValue('assigner', spec, streams)]));
  const context = contextOf(network, streams);
  const { assigned } = assigner.assign([rows], store.pass('prototypes', false, collective), state, context);
  return tf.concat(splitSegments(assigned[0].logits, prototypeSets).map(softmax), 1);
}

/** The end of a training of one step. */
function contextOf({ collective }: Network, streams: Streams): StepContext {
  const random = streams.at('evaluate assignments');
  return { step: 1, steps: 1, epoch: 1, stepsPerEpoch: 1, random, collective, note: discardNote };
}
