import {
  type Collective,
  type Component,
  constant,
  type Facts,
  type Finding,
  type Objective,
  type ObjectiveInputs,
  type Plugin,
  seededStreams,
  type StepContext,
} from '@carl-ssl/core';
import { catalogueOf, completeOptions, componentsOf, createRoot } from '@carl-ssl/core/host';
import { builtin, initialValue, singleProcess } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** Objectives, assigners and what surrounds them, made as a pipeline makes them, and what they are tried with. */

type Part = 'objective' | 'assigner' | 'encoder' | 'head' | 'teacher' | 'optimizer';

const streams = seededStreams(11);

/** Normal values, the same for the same purpose. */
export function noise(purpose: string, rows: number, columns: number): Tensor2D {
  const random = streams.at(purpose);
  return tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => random.normal()),
    [rows, columns],
  );
}

export interface Workbench {
  make<T>(slot: Part, options: { readonly use: string; readonly [option: string]: unknown }): T;
  advice(
    slot: Part,
    options: { readonly use: string; readonly [option: string]: unknown },
    facts: Partial<Facts>,
  ): readonly Finding[];
  requires(options: { readonly use: string; readonly [option: string]: unknown }): readonly string[];
}

export function workbench(...plugins: readonly Plugin[]): Workbench {
  const all = [builtin, ...plugins];
  const catalogue = catalogueOf(all);
  const components = componentsOf(createRoot(catalogue));
  const find = (slot: Part, use: string) => catalogue.get(slot, use)! as Component;
  return {
    make: (slot, options) =>
      components.create(
        find(slot, options.use).slot,
        completeOptions(catalogue, slot, structuredClone(options)),
      ) as never,
    advice: (slot, options, facts) => {
      const { use, ...rest } = completeOptions(catalogue, slot, structuredClone(options));
      return find(slot, use).check?.(rest, { ...plainFacts, ...facts }) ?? [];
    },
    requires: options => {
      const { use, ...rest } = completeOptions(catalogue, 'objective', structuredClone(options));
      return find('objective', use).requires?.(rest) ?? [];
    },
  };
}

/** A pipeline about which there is nothing to say. */
const plainFacts: Facts = {
  batchSize: 256,
  epochs: 10,
  views: [0, 1].map(() => ({ kind: 'global', height: 8, width: 8 })),
  featureDim: 16,
  embeddingDim: 16,
  uses: { head: 'mlp-head' },
};

export function contextAt(step = 0, collective: Collective = singleProcess): StepContext {
  const random = streams.at('context', step);
  return { step, steps: 10, epoch: 0, stepsPerEpoch: 10, random, collective, note: () => undefined };
}

export const inputsOf = (views: readonly Tensor2D[], rest: Partial<ObjectiveInputs> = {}): ObjectiveInputs => ({
  outputs: views,
  targets: [],
  codes: [],
  tensors: {},
  ...rest,
});

/** The buffers of an objective before the first step. */
export function freshState(objective: Objective, size: Parameters<Objective['state']>[0]): Record<string, Tensor> {
  return Object.fromEntries(objective.state(size).map(spec => [spec.name, initialValue('test', spec, streams)]));
}

export const number = (tensor: Tensor): number => tensor.dataSync()[0];
export const rows = (tensor: Tensor): number[][] => tensor.arraySync() as number[][];

/** Loss and its gradient by tensors. */
export function lossAndGradients(
  of: readonly Tensor2D[],
  loss: () => Scalar,
): { readonly loss: number; readonly gradients: readonly Float32Array[] } {
  return tf.tidy(() => {
    const { value, grads } = tf.engine().gradients(() => tf.clone(loss()), [...of], undefined, true) as {
      value: Scalar;
      grads: (Tensor | null | undefined)[];
    };
    const gradients = of.map((one, i) => Float32Array.from(grads[i]?.dataSync() ?? new Float32Array(one.size)));
    return { loss: number(value), gradients };
  });
}

/**
 * Runs the same work on several workers at once. Every round repeats the work with what the others said the round
 * before; what was said first is right after the first round, what depends on that after the second, and so on.
 */
export function simulated<R>(size: number, work: (collective: Collective) => R): R[] {
  let heard: readonly Tensor[][] = Array.from({ length: size }, () => []);
  for (let round = 0; ; round++) {
    const said: Tensor[][] = Array.from({ length: size }, () => []);
    const results = said.map((own, rank) => work(workerOf(rank, own, heard)));
    if (round >= said[0].length) return results;
    heard = said;
  }
}

function workerOf(rank: number, said: Tensor[], heard: readonly Tensor[][]): Collective {
  const exchange = <T extends Tensor>(value: T): T[] => {
    // A copy that outlives the scope it is said in, so that it can be heard in the next round.
    const at = said.push(tf.keep(tf.clone(value))) - 1;
    return heard.map((others, worker) => (worker === rank ? value : ((others[at] ?? value) as T)));
  };
  return {
    rank,
    size: heard.length,
    allReduceMean: <T extends Tensor>(value: T) => tf.div<T>(tf.addN(exchange(value)), heard.length),
    allGather: <T extends Tensor>(value: T) => tf.concat(exchange(value)) as T,
    broadcast: (value, root = 0) => tf.clone(exchange(value)[root]),
  };
}

/** Loss, gradients and state of a batch that several workers share, put together as the training step does. */
export function sharedBatch(objective: Objective, inputs: ObjectiveInputs, size: number) {
  const share = (branch: readonly Tensor2D[], rank: number): Tensor2D[] =>
    branch.map(one => tf.slice(one, (rank * one.shape[0]) / size, one.shape[0] / size));
  let states: Record<string, number[]>[] = [];
  const { loss, gradients } = lossAndGradients(inputs.outputs, () => {
    const results = simulated(size, collective => {
      const [views, teachers] = [inputs.outputs, inputs.targets].map(branch => share(branch, collective.rank));
      const constants = teachers.map(one => constant(one));
      return objective.compute({ ...inputs, outputs: views, targets: constants }, contextAt(0, collective));
    });
    states = results.map(({ nextState = {} }) => valuesOf(nextState));
    return tf.mean(tf.stack(results.map(result => result.loss)));
  });
  return { loss, gradients, states };
}

function valuesOf(tensors: Readonly<Record<string, Tensor>>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, Array.from(tensor.dataSync())]));
}
