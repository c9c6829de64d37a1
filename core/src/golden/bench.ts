import type { Tensor } from '@tensorflow/tfjs-core';
import { singleProcess } from '../builtin/single-process.js';
import { listComponents } from '../config/components.js';
import { wirePipeline } from '../container/root.js';
import { discardNote } from '../contracts/note.js';
import type { HostArray } from '../contracts/metric.js';
import type { Components, NestedOptions } from '../contracts/components.js';
import type { Optimizer } from '../contracts/optimizer.js';
import { Schedule } from '../contracts/schedule.js';
import type { StepContext } from '../contracts/step-context.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { slots, type Slot, type SlotName } from '../contracts/slots.js';
import { completeOptions } from '../schema/component-options.js';
import type { Pipeline } from '../schema/skeleton.js';
import { seededStreams } from '../tensor/random.js';
import { tf } from '../tensor/tf.js';
import type { Network } from '../train/network.js';
import { networkOf } from '../train/network-of.js';
import type { GoldenCase } from './case.js';
import type { Outputs } from './compare.js';

/** Creates the components of golden cases. */
export interface Bench {
  /** Creates a component with the options of a case and the defaults of its schema; undefined if no plugin has it. */
  make<T>(slot: Slot<T>, options: NestedOptions): T | undefined;
  /** Wires the network and schedule of a pipeline with only these keys, as for a training; undefined if a component is in no plugin. */
  wire(keys: Readonly<Record<string, NestedOptions>>): Wired | undefined;
}

/** Parts of a training case. */
interface Wired {
  readonly network: Network;
  readonly schedule: Schedule;
}

/** Runs a case of one kind; undefined if no plugin has the component. */
export type RunKind = (golden: GoldenCase, bench: Bench) => Promise<Outputs | undefined>;

export function benchOf(catalogue: Catalogue, components: Components): Bench {
  return {
    make: (slot, options) => {
      if (!catalogue.get(slot.name, options.use)) return undefined;
      return components.create(slot, completeOptions(catalogue, slot.name, options));
    },
    wire: keys => {
      const all = slotsOfKeys(catalogue);
      const given = Object.entries(keys).map(([key, options]) => ({ key, slot: all.get(key)!, options }));
      if (given.some(({ slot, options }) => !catalogue.get(slot, options.use))) return undefined;
      const complete = given.map(({ key, slot, options }) => [key, completeOptions(catalogue, slot, options)]);
      // Wiring reads only the seed and the keys that are set.
      const pipeline = { seed: 0, ...Object.fromEntries(complete) } as unknown as Pipeline;
      const services = wirePipeline(pipeline, catalogue);
      const network = networkOf({ components: listComponents(pipeline, catalogue), services });
      return { network, schedule: services.get(Schedule) };
    },
  };
}

function slotsOfKeys(catalogue: Catalogue): ReadonlyMap<string, SlotName> {
  return new Map(catalogue.slots.flatMap(({ name, keys = [] }) => keys.map(({ key }) => [key, name])));
}

/** A bench that applies `change` to every optimizer. */
export function withOptimizers(bench: Bench, change: (own: Optimizer) => Optimizer): Bench {
  return {
    make: (slot, options) => {
      const made = bench.make(slot, options);
      return made && slot.name === slots.optimizer.name
        ? (change(made as unknown as Optimizer) as unknown as typeof made)
        : made;
    },
    wire: keys => {
      const wired = bench.wire(keys);
      return wired && { ...wired, network: { ...wired.network, optimizer: change(wired.network.optimizer) } };
    },
  };
}

export function tensorOf({ shape, data }: HostArray): Tensor {
  return tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
}

/** Reads a tensor to the host and disposes it. */
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

/** A step context outside of a training, for components that use only the collective. */
export function contextAt(step: number, steps: number): StepContext {
  const random = stream.at('golden', step);
  return { step, steps, epoch: 0, stepsPerEpoch: steps, random, collective: singleProcess, note: discardNote };
}
