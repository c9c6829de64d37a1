import type { Path } from '../config/node.js';
import type { StateSpec } from '../contracts/state.js';
import type { Weighted } from '../contracts/weights.js';
import { assignerBuffers } from '../train/model.js';
import { objectiveSize } from '../train/network.js';
import { probeLayer } from '../train/probe.js';
import type { Experiment } from './experiment.js';

const BYTES = 4;
/** Values of a step that are kept for each score: the score and its assignment. Some objectives count assignments themselves. */
const keptScores = ({ objective }: Experiment['network']): number => (objective.matrices ? 1 : 2);

/** Multiply-adds and kept values of the forward pass of one batch over all views, teacher included. */
export interface ForwardCost {
  readonly multiplyAdds: number;
  readonly activations: number;
  /** Those of the activations that are scores against prototypes, and their assignments. */
  readonly scores: number;
}

/** A step's backward pass costs about twice its forward pass. */
export const PASSES = 3;

/** Cost of the forward pass of one batch over all views, teacher included. */
export function forwardCost({ network, shape }: Experiment): ForwardCost {
  const [, , channels] = shape.image;
  const headCosts = [
    ...(network.head?.cost(shape.featureDim) ?? []),
    ...(network.predictor?.cost(shape.embeddingDim) ?? []),
  ];
  const prototypes = shape.prototypeCount ?? 0;
  const perView = shape.views.map(({ height, width, kind }) => {
    const costs = [...network.encoder.cost([height, width, channels]), ...headCosts];
    const isTaught = network.teacher !== undefined && kind === 'global';
    const taught = isTaught ? 1 + 1 / PASSES : 1;
    const scores = prototypes * (keptScores(network) + (isTaught ? 1 : 0));
    return {
      scores,
      multiplyAdds: (total(costs, 'multiplyAdds') + prototypes * shape.embeddingDim) * taught,
      activations: total(costs, 'activations') + scores,
    };
  });
  return {
    multiplyAdds: shape.batchSize * total(perView, 'multiplyAdds'),
    activations: shape.batchSize * total(perView, 'activations'),
    scores: shape.batchSize * total(perView, 'scores'),
  };
}

/** A part of the memory of a training step. */
export interface MemoryPart {
  readonly description: string;
  readonly bytes: number;
  /** Bytes of its largest tensor, if it has large ones of known size. */
  readonly tensorBytes?: number;
  /** The key of the pipeline that it follows from most directly. */
  readonly key: readonly string[];
  /** Keys of the pipeline with the sizes that it follows from. */
  readonly sizes: readonly Path[];
  readonly remedy: string;
  /** True for memory of this process, whatever the backend. */
  readonly onHost?: boolean;
}

/** The parts of the memory of a training step, each counted as little as it can be. */
export function memoryParts(experiment: Experiment): readonly MemoryPart[] {
  const ofViews = {
    key: BATCH_SIZE,
    sizes: [BATCH_SIZE, ['trainer', 'accumulate'], ['augmenter'], ['encoder']],
    remedy: 'Lower `trainer.batchSize` or the size of the views.',
  };
  const batch = batchText(experiment);
  const forward = forwardCost(experiment);
  const { batchSize, prototypeCount = 0 } = experiment.shape;
  const scores = { bytes: BYTES * forward.scores, tensorBytes: BYTES * batchSize * prototypeCount };
  const parts: readonly MemoryPart[] = [
    ...Object.entries(weightParts(experiment)).map(([key, size]) => part('weights', key, size)),
    ...probeParts(experiment),
    ...Object.entries(stateParts(experiment)).map(([key, size]) => part('buffers', key, size)),
    { ...part('scores', 'assigner', scores), sizes: [['assigner'], BATCH_SIZE], description: `the scores of ${batch}` },
    matrixPart(experiment, batch),
    { ...ofViews, description: `the activations of ${batch}`, bytes: BYTES * (forward.activations - forward.scores) },
    { ...ofViews, description: `the pixels of ${batch}`, bytes: pixelBytes(experiment), onHost: true },
  ];
  // The difference of two sizes beyond all numbers is no number.
  return parts.map(one => (Number.isNaN(one.bytes) ? { ...one, bytes: Infinity } : one));
}

type Bytes = Pick<MemoryPart, 'bytes' | 'tensorBytes'>;

function part(name: string, key: string, size: Bytes): MemoryPart {
  const remedy = `Lower the sizes of the ${key}.`;
  return { ...size, description: `the ${name} of the ${key}`, key: [key, 'use'], sizes: [[key]], remedy };
}

/** Bytes of tensors of the given shapes, each of which there are several copies of. */
function bytesOf(specs: readonly { readonly shape: readonly number[] }[], copies = 1): Required<Bytes> {
  const sizes = specs.map(({ shape }) => BYTES * shape.reduce((product, side) => product * side, 1));
  const sum = sizes.reduce((total, size) => total + size, 0);
  return { bytes: copies * sum, tensorBytes: sizes.reduce((most, size) => Math.max(most, size), 0) };
}

/** Weights with their gradients, the optimizer's and the teacher's copies, by key of the pipeline. */
function weightParts({ network, shape }: Experiment): Readonly<Record<string, Bytes>> {
  const copies = 2 + network.optimizer.slots.length + (network.teacher ? 1 : 0);
  const of = (module: Weighted | undefined, input: readonly number[]) => bytesOf(module?.weights(input) ?? [], copies);
  return {
    encoder: of(network.encoder, shape.image),
    head: of(network.head, [shape.featureDim]),
    predictor: of(network.predictor, [shape.embeddingDim]),
    assigner: of(network.assigner, [shape.embeddingDim]),
  };
}

/** Weights of the online probe with their gradients and the copies of its optimizer. */
function probeParts({ network: { probe }, shape }: Experiment): readonly MemoryPart[] {
  if (!probe) return [];
  const size = bytesOf(probeLayer(shape.featureDim, probe).weights, 2 + probe.optimizer.slots.length);
  const description = `the weights of the online probe for ${probe.classes} classes`;
  return [
    {
      ...size,
      description,
      key: ['probe'],
      sizes: [['probe']],
      remedy: 'Remove `probe`, or check that the labels are class numbers.',
    },
  ];
}

/** Buffers of assigner and objective, such as queues. */
function stateParts({ network, shape }: Experiment): Readonly<Record<'assigner' | 'objective', Bytes>> {
  const objective: readonly StateSpec[] = network.objective.state(objectiveSize(network, shape));
  return { assigner: bytesOf(assignerBuffers(network, shape)), objective: bytesOf(objective) };
}

const BATCH_SIZE = ['trainer', 'batchSize'];
const OF_PROTOTYPES = {
  key: ['assigner', 'use'],
  sizes: [['assigner'], BATCH_SIZE],
  remedy: 'Lower the sizes of the assigner or `trainer.batchSize`.',
};
const OF_PAIRS = {
  key: ['objective', 'use'],
  sizes: [['objective'], BATCH_SIZE, ['head']],
  remedy: 'Lower `trainer.batchSize`, the width of the embeddings, or the queue of the objective.',
};

/** Matrices of the objective over images and prototypes, or over pairs of images or dimensions. */
function matrixPart({ network, shape }: Experiment, batch: string): MemoryPart {
  const matrices = network.objective.matrices?.(objectiveSize(network, shape)) ?? [];
  const sizes = matrices.map(({ rows, columns, count }) => ({ count, bytes: BYTES * rows * columns }));
  const largest = matrices.reduce((most, one) => (one.rows * one.columns > most.rows * most.columns ? one : most), {
    rows: 0,
    columns: 0,
  });
  return {
    description: `the matrices of the objective, the largest of ${largest.rows} x ${largest.columns}, for ${batch}`,
    bytes: sizes.reduce((sum, { count, bytes }) => sum + count * bytes, 0),
    tensorBytes: BYTES * largest.rows * largest.columns,
    ...(largest.columns === shape.prototypeCount ? OF_PROTOTYPES : OF_PAIRS),
  };
}

function batchText({ shape: { batchSize, views } }: Experiment): string {
  const [{ height, width }] = views;
  return `${batchSize} images x ${views.length} views, the first of ${height} x ${width} pixels`;
}

function pixelBytes({ shape, pipeline }: Experiment): number {
  const pixels = shape.views.reduce((sum, { height, width }) => sum + height * width, 0);
  return BYTES * shape.batchSize * pipeline.trainer.accumulate * pixels * shape.image[2];
}

/** Bytes of weights, gradients, optimizer buffers, queues, and activations kept for the backward pass of one batch. */
export function stepBytes(experiment: Experiment): number {
  return total(
    memoryParts(experiment).filter(({ onHost }) => !onHost),
    'bytes',
  );
}

/** Sum of one property. */
export function total<K extends string>(items: readonly Readonly<Record<K, number>>[], key: K): number {
  return items.reduce((sum, item) => sum + item[key], 0);
}
