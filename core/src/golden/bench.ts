import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { singleProcess } from '../builtin/single-process.js';
import { discardNote } from '../contracts/note.js';
import type { HostArray } from '../contracts/metric.js';
import type { Components, NestedOptions } from '../contracts/components.js';
import type { Optimizer } from '../contracts/optimizer.js';
import type { StepContext } from '../contracts/step-context.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { slots, type Slot } from '../contracts/slots.js';
import { completeOptions } from '../schema/component-options.js';
import { seededStreams } from '../tensor/random.js';
import type { GoldenCase } from './case.js';
import type { Outputs } from './compare.js';

/** What a kind of case needs to run components. */
export interface Bench {
  /** A component with the options of a case, completed by its schema. Undefined if no plugin has it. */
  make<T>(slot: Slot<T>, options: NestedOptions): T | undefined;
}

/** Runs the cases of one kind. Undefined: the component is not there. */
export type RunKind = (golden: GoldenCase, bench: Bench) => Promise<Outputs | undefined>;

export function benchOf(catalogue: Catalogue, components: Components): Bench {
  return {
    make: (slot, options) => {
      if (!catalogue.get(slot.name, options.use)) return undefined;
      return components.create(slot, completeOptions(catalogue, slot.name, options));
    },
  };
}

/** The same, with optimizers made of those of the components. */
export function withOptimizers(bench: Bench, change: (own: Optimizer) => Optimizer): Bench {
  return {
    make: (slot, options) => {
      const made = bench.make(slot, options);
      return made && slot.name === slots.optimizer.name
        ? (change(made as unknown as Optimizer) as unknown as typeof made)
        : made;
    },
  };
}

export function tensorOf({ shape, data }: HostArray): Tensor {
  return tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
}

/** Values on the host; the tensor is disposed. */
export async function hostOf(tensor: Tensor): Promise<HostArray> {
  const data = (await tensor.data()) as HostArray['data'];
  const shape = tensor.shape;
  tensor.dispose();
  return { shape, data };
}

/** Tensors by name -> host arrays by name; scalars become numbers. */
export async function hostsOf(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, HostArray | number>> {
  const outputs: Record<string, HostArray | number> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    const host = await hostOf(tensor);
    outputs[name] = host.shape.length === 0 ? host.data[0] : host;
  }
  return outputs;
}

/** Entries whose name starts with `prefix.`, without it. */
export function below<T>(prefix: string, entries: Readonly<Record<string, T>>): Record<string, T> {
  const start = `${prefix}.`;
  return Object.fromEntries(
    Object.entries(entries).flatMap(([name, value]) =>
      name.startsWith(start) ? [[name.slice(start.length), value]] : [],
    ),
  );
}

export const stream = seededStreams(0);

/** A step in the middle of nowhere, for components that only ask for the collective. */
export function contextAt(step: number, steps: number): StepContext {
  const random = stream.at('golden', step);
  return { step, steps, epoch: 0, stepsPerEpoch: steps, random, collective: singleProcess, note: discardNote };
}
