import {
  type Augmentation,
  type Augmenter,
  type Component,
  type Facts,
  type Finding,
  type Image,
  type NestedOptions,
  type Random,
  seededStreams,
  type Slot,
  slots,
} from '@carl-ssl/core';
import plugin from '@carl-ssl/augment';
import { Clone, Default } from 'typebox/value';

const streams = seededStreams(2024);

/** A stream of its own for every number. */
export function stream(...position: number[]): Random {
  return streams.at('augment-test', ...position);
}

export function component<T>(slot: Slot<T>, use: string): Component<T> {
  const found = plugin.components.find(candidate => candidate.slot === slot && candidate.use === use);
  if (!found) throw new Error(`no ${use}`);
  return found as Component<T>;
}

/** A component with its defaults filled in, nested ones included. */
export function make<T>(slot: Slot<T>, { use, ...options }: NestedOptions): T {
  const found = component(slot, use);
  return found.create(Default(found.options, Clone(options)) as never, { components: { create: make } });
}

export const augmentation = (options: NestedOptions): Augmentation => make(slots.augmentation, options);
export const augmenter = (options: NestedOptions): Augmenter => make(slots.augmenter, options);

/** What a component says of its options, given these facts. */
export function findings<T>(
  slot: Slot<T>,
  { use, ...options }: NestedOptions,
  facts: Partial<Facts>,
): readonly Finding[] {
  const found = component(slot, use);
  return found.check?.(Default(found.options, Clone(options)) as never, facts as Facts) ?? [];
}

/** An image whose values are functions of their place. */
export function imageOf(
  shape: readonly [number, number, number],
  value: (y: number, x: number, c: number) => number,
): Image {
  const [height, width, channels] = shape;
  const data = Float32Array.from({ length: height * width * channels }, (_, i) =>
    value(Math.floor(i / (width * channels)), Math.floor(i / channels) % width, i % channels),
  );
  return { height, width, channels, data };
}

/** Uniform noise. */
export function noise(height: number, width: number, channels: number): Image {
  const random = stream(height, width, channels);
  return imageOf([height, width, channels], () => random.uniform());
}

export const shapeOf = ({ height, width, channels }: Image): number[] => [height, width, channels];

/** The largest difference of two images' values. */
export function distance(a: Image, b: Image): number {
  return a.data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b.data[i])), 0);
}
