import { totalmem } from 'node:os';
import type { Backend } from '../contracts/backend.js';
import type { StateSpec } from '../contracts/state.js';
import type { Weighted } from '../contracts/weights.js';
import { located, MismatchError } from '../config/mismatch-error.js';
import { assignerBuffers } from '../train/model.js';
import { objectiveSize } from '../train/network.js';
import { chosenBackend } from '../backend/activate.js';
import type { Experiment } from './experiment.js';

const BYTES = 4;
/** Values of a step that are kept for each score of an image: the score and its assignment. */
const KEPT_SCORES = 2;

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
  const scores = prototypes * KEPT_SCORES;
  const perView = shape.views.map(({ height, width, kind }) => {
    const costs = [...network.encoder.cost([height, width, channels]), ...headCosts];
    const taught = network.teacher && kind === 'global' ? 1 + 1 / PASSES : 1;
    return {
      multiplyAdds: (total(costs, 'multiplyAdds') + prototypes * shape.embeddingDim) * taught,
      activations: total(costs, 'activations') + scores,
    };
  });
  return {
    multiplyAdds: shape.batchSize * total(perView, 'multiplyAdds'),
    activations: shape.batchSize * total(perView, 'activations'),
    scores: shape.batchSize * shape.views.length * scores,
  };
}

/** Bytes of the weights with their gradients, the optimizer's and the teacher's copies, by key of the pipeline. */
function weightBytes({ network, shape }: Experiment): Readonly<Record<string, number>> {
  const copies = 2 + network.optimizer.slots.length + (network.teacher ? 1 : 0);
  const of = (module: Weighted | undefined, input: readonly number[]): number =>
    BYTES * copies * (module?.weights(input) ?? []).reduce((sum, spec) => sum + values(spec), 0);
  return {
    encoder: of(network.encoder, shape.image),
    head: of(network.head, [shape.featureDim]),
    predictor: of(network.predictor, [shape.embeddingDim]),
    assigner: of(network.assigner, [shape.embeddingDim]),
  };
}

/** Bytes of the buffers of assigner and objective, such as queues. */
function stateBytes({ network, shape }: Experiment): Readonly<Record<'assigner' | 'objective', number>> {
  const of = (specs: readonly StateSpec[]): number => BYTES * specs.reduce((sum, spec) => sum + values(spec), 0);
  return {
    assigner: of(assignerBuffers(network, shape)),
    objective: of(network.objective.state(objectiveSize(network, shape))),
  };
}

/** A part of the memory of a training step. */
interface MemoryPart {
  readonly description: string;
  readonly bytes: number;
  /** The key of the pipeline that it follows from most directly. */
  readonly key: readonly string[];
  readonly remedy: string;
  /** True for memory of this process, whatever the backend. */
  readonly onHost?: boolean;
}

function memoryParts(experiment: Experiment): readonly MemoryPart[] {
  const sizes = { key: ['trainer', 'batchSize'], remedy: 'Lower `trainer.batchSize` or the size of the views.' };
  const batch = batchText(experiment);
  const forward = forwardCost(experiment);
  const ofWeights = Object.entries(weightBytes(experiment)).map(([key, bytes]) => part('weights', key, bytes));
  const ofState = Object.entries(stateBytes(experiment)).map(([key, bytes]) => part('buffers', key, bytes));
  return [
    ...ofWeights,
    ...ofState,
    { ...part('scores', 'assigner', BYTES * forward.scores), description: `the scores of ${batch}` },
    { ...sizes, description: `the activations of ${batch}`, bytes: BYTES * (forward.activations - forward.scores) },
    { ...sizes, description: `the pixels of ${batch}`, bytes: pixelBytes(experiment), onHost: true },
  ];
}

function part(name: string, key: string, bytes: number): MemoryPart {
  const remedy = `Lower the sizes of the ${key}.`;
  return { description: `the ${name} of the ${key}`, bytes, key: [key, 'use'], remedy };
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

/** Bytes that this process may use: of the machine, or of its container if that has fewer. */
export function machineMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Refuses a training that needs more memory for a step than the machine has. Backends outside of this process have memory of
 * their own, which is not known.
 * @param wanted the backend to compute on, by default that of the pipeline
 * @throws PipelineError with the figure and the largest part
 */
export async function requireMemory(
  experiment: Experiment,
  available = machineMemory(),
  wanted = experiment.pipeline.backend,
): Promise<void> {
  const { backend } = await chosenBackend(wanted, experiment.loaded.catalogue);
  const parts = memoryParts(experiment).filter(({ onHost }) => onHost || isInProcess(backend));
  if (total(parts, 'bytes') > available) throw located(tooLarge(parts, available), experiment.loaded);
}

function isInProcess(backend: Backend): boolean {
  return backend.estimate?.({ flops: 1, bytes: 1 })?.inProcess ?? false;
}

function tooLarge(parts: readonly MemoryPart[], available: number): MismatchError {
  const largest = parts.reduce((most, part) => (part.bytes > most.bytes ? part : most));
  return new MismatchError(
    largest.key,
    `A training step needs at least ${memoryText(total(parts, 'bytes'))} of memory and this machine has ${memoryText(available)}. The largest part is ${memoryText(largest.bytes)} for ${largest.description}.`,
    largest.remedy,
  );
}

function memoryText(bytes: number): string {
  if (bytes < 2 ** 30) return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const gigabytes = bytes / 2 ** 30;
  return `${gigabytes < 1e9 ? gigabytes.toFixed(gigabytes < 100 ? 1 : 0) : gigabytes.toExponential(1)} GiB`;
}

function values({ shape }: { readonly shape: readonly number[] }): number {
  return shape.reduce((product, side) => product * side, 1);
}

function total<K extends string>(items: readonly Readonly<Record<K, number>>[], key: K): number {
  return items.reduce((sum, item) => sum + item[key], 0);
}
