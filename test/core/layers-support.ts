import {
  type Collective,
  type Component,
  type Pass,
  type Plugin,
  type Random,
  seededStreams,
  type WeightSpec,
} from '@carl-ssl/core';
import { singleProcess } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { Clone, Default } from 'typebox/value';

const streams = seededStreams(7);

/** A stream of its own for every purpose. */
export const stream = (purpose: string): Random => streams.at(purpose);

/** Normal values, the same for the same purpose. */
export function noise(purpose: string, shape: number[]): Tensor {
  const random = stream(purpose);
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}

/** Fresh weights by name. */
export function weightsOf(specs: readonly WeightSpec[]): Record<string, Tensor> {
  const values = specs.map(({ name, shape, initialize }) => tf.tensor(initialize(stream(name), shape), [...shape]));
  return Object.fromEntries(specs.map(({ name }, index) => [name, values[index]]));
}

/** A pass over given weights; `updates` has what was recorded in it. */
export function passOver(
  weights: Record<string, Tensor>,
  { training, collective = singleProcess }: { training: boolean; collective?: Collective },
): Pass & { readonly updates: Record<string, Tensor> } {
  const updates: Record<string, Tensor> = {};
  return {
    training,
    collective,
    updates,
    weight: <T extends Tensor>(name: string) => {
      const value = updates[name] ?? weights[name];
      if (!value) throw new Error(`no weight ${name}`);
      return value as T;
    },
    update: (name, value) => {
      updates[name] = tf.keep(tf.clone(value));
    },
    note: () => undefined,
  };
}

/** Component of a plugin made from options with their defaults. */
export function make<T>(plugin: Plugin, use: string, options: object): T {
  const component = componentOf(plugin, use);
  return component.create(Default(component.options, Clone(options)) as never, {}) as T;
}

export function componentOf(plugin: Plugin, use: string): Component {
  const found = plugin.components.find(candidate => candidate.use === use);
  if (!found) throw new Error(`no ${use}`);
  return found as Component;
}

/** Largest difference between two tensors of one shape, as a share of the largest value of the second. */
export function difference(actual: Tensor, expected: Tensor): number {
  return tf.tidy(() => {
    tf.util.assertShapesMatch(actual.shape, expected.shape);
    const largest = tf.max(tf.abs(expected)).dataSync()[0];
    return tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0] / Math.max(largest, 1e-30);
  });
}

/** Gradient of a scalar function by central differences. */
export function slopes(f: (x: Tensor) => Tensor, at: Tensor, width = 1e-2): Tensor {
  const start = at.dataSync();
  const value = (index: number, by: number): number =>
    tf.tidy(() => {
      const moved = Float32Array.from(start);
      moved[index] += by;
      return f(tf.tensor(moved, at.shape)).dataSync()[0];
    });
  const slope = (_: number, index: number): number => (value(index, width) - value(index, -width)) / (2 * width);
  return tf.tensor(Float32Array.from(start, slope), at.shape);
}
