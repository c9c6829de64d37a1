import {
  type Collective,
  type Component,
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

type Part = 'augmenter' | 'objective' | 'assigner' | 'encoder' | 'head' | 'teacher' | 'optimizer';

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
