import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Collective } from '../contracts/collective.js';
import { discardNote } from '../contracts/note.js';
import type { Pass, WeightSpec } from '../contracts/weights.js';
import { CarlError } from '../errors/carl-error.js';
import { fromDisk, toDisk, type DiskTensors } from './weight-layout.js';
import type { Streams } from '../contracts/random.js';
import { tf } from './tf.js';

/** A trainable weight with its full name (`encoder.conv1.weight`). */
export interface Parameter {
  readonly name: string;
  readonly variable: Variable;
}

/** Owner of the variables of a network: every weight of its modules under `<module>.<name>`. */
export class WeightStore {
  readonly #specs = new Map<string, WeightSpec>();
  readonly #variables = new Map<string, Variable>();
  /** New values recorded by passes of the current step; owned by the store until {@link commit}. */
  readonly #pending = new Map<string, Tensor>();

  /** Adds the weights of a module; the initial values of a name depend on the seed and the name alone. */
  add(module: string, specs: readonly WeightSpec[], streams: Streams): void {
    for (const spec of specs) {
      const name = `${module}.${spec.name}`;
      if (this.#specs.has(name)) throw new CarlError('PLUGIN_CONTRACT', `two weights have the same name ${name}`);
      const values = spec.initialize(streams.at(`weights ${name}`), spec.shape);
      this.#specs.set(name, spec);
      this.#variables.set(name, variableOf(tf.tensor(values, [...spec.shape], 'float32')));
    }
  }

  /** A store with copies of all weights: the teacher of a student. */
  copy(): WeightStore {
    const copy = new WeightStore();
    for (const [name, spec] of this.#specs) {
      copy.#specs.set(name, spec);
      copy.#variables.set(name, variableOf(tf.clone(this.#value(name))));
    }
    return copy;
  }

  has(module: string): boolean {
    return [...this.#specs.keys()].some(name => name.startsWith(`${module}.`));
  }

  /** Trainable weights in a fixed order. */
  parameters(): readonly Parameter[] {
    const trainable = [...this.#specs].filter(([, spec]) => spec.trainable);
    return trainable.map(([name]) => ({ name, variable: this.#variables.get(name)! }));
  }

  /** Number of values in trainable weights of a module, or of all. */
  parameterCount(module = ''): number {
    return this.parameters()
      .filter(({ name }) => name.startsWith(module))
      .reduce((sum, { variable }) => sum + variable.size, 0);
  }

  /** A forward pass of a module over these weights. */
  pass(module: string, training: boolean, collective: Collective): Pass {
    return {
      training,
      collective,
      weight: <T extends Tensor>(name: string) => this.#value(`${module}.${name}`) as T,
      update: (name, value) => {
        this.#record(`${module}.${name}`, value);
      },
      note: discardNote,
    };
  }

  /** Stores the values recorded by passes since the last call. */
  commit(): void {
    for (const [name, value] of this.#pending) {
      this.#variables.get(name)!.assign(value);
      value.dispose();
    }
    this.#pending.clear();
  }

  /** All weights under their names and layouts on disk. */
  async save(): Promise<DiskTensors> {
    return toDisk(this.#specs, this.#variables);
  }

  /** Sets all weights, or those of one module. @throws CarlError INPUT_WEIGHTS naming every missing or extra weight and every wrong shape */
  load(tensors: DiskTensors, source: string, module?: string): void {
    const prefix = module === undefined ? '' : `${module}.`;
    const specs = new Map([...this.#specs].filter(([name]) => name.startsWith(prefix)));
    const values = fromDisk(specs, tensors, source);
    for (const [name, value] of values) {
      this.#variables.get(name)!.assign(value);
      value.dispose();
    }
  }

  dispose(): void {
    for (const tensor of [...this.#variables.values(), ...this.#pending.values()]) tensor.dispose();
    this.#variables.clear();
    this.#pending.clear();
  }

  #value(name: string): Tensor {
    const value = this.#pending.get(name) ?? this.#variables.get(name);
    if (value === undefined)
      throw new CarlError('PLUGIN_CONTRACT', `a module asked for the weight ${name}, which it did not declare`);
    return value;
  }

  #record(name: string, value: Tensor): void {
    const shape = this.#value(name).shape.join();
    if (value.shape.join() !== shape)
      throw new CarlError('PLUGIN_CONTRACT', `new value of ${name} has shape [${value.shape.join()}], not [${shape}]`);
    const kept = tf.keep(tf.clone(value));
    this.#pending.get(name)?.dispose();
    this.#pending.set(name, kept);
  }
}

function variableOf(initial: Tensor): Variable {
  const variable = tf.variable(initial);
  initial.dispose();
  return variable;
}
