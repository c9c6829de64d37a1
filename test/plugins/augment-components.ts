import {
  type Augmentation,
  type Augmenter,
  type Component,
  type Facts,
  type Finding,
  type Image,
  type NestedOptions,
  type Random,
  type Refusal,
  seededStreams,
  type Slot,
  slots,
} from '@carl-ssl/core';
import plugin from '@carl-ssl/augment';
import { Clone, Default } from 'typebox/value';

const streams = seededStreams(2024);

/** Random stream of a position; equal positions give equal streams. */
export function stream(...position: number[]): Random {
  return streams.at('augment-test', ...position);
}

/** Component of the plugin by slot and `use` name. */
function component<T>(slot: Slot<T>, use: string): Component<T> {
  const found = plugin.components.find(candidate => candidate.slot === slot && candidate.use === use);
  if (!found) throw new Error(`@carl-ssl/augment has no ${use}`);
  return found as Component<T>;
}

/** Creates a component with default options filled in, also for nested components. */
function make<T>(slot: Slot<T>, { use, ...options }: NestedOptions): T {
  const found = component(slot, use);
  return found.create(Default(found.options, Clone(options)) as never, { components: { create: make } });
}

export const augmentation = (options: NestedOptions): Augmentation => make(slots.augmentation, options);
export const augmenter = (options: NestedOptions): Augmenter => make(slots.augmenter, options);

/** Findings of a component about its options, given these facts. */
export function findings<T>(
  slot: Slot<T>,
  { use, ...options }: NestedOptions,
  facts: Partial<Facts>,
): readonly Finding[] {
  const found = component(slot, use);
  return found.check?.(Default(found.options, Clone(options)) as never, facts as Facts) ?? [];
}

/** Refusals of a component's options. */
export function refusals<T>(slot: Slot<T>, { use, ...options }: NestedOptions): readonly Refusal[] {
  const found = component(slot, use);
  return found.refuse?.(Default(found.options, Clone(options)) as never) ?? [];
}

/** Image of shape [height, width, channels] whose values are a function of row y, column x and channel c. */
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

/** Image of uniform noise in [0, 1). */
export function noise(height: number, width: number, channels: number): Image {
  const random = stream(height, width, channels);
  return imageOf([height, width, channels], () => random.uniform());
}

/** Shape [height, width, channels] of an image. */
export const shapeOf = ({ height, width, channels }: Image): number[] => [height, width, channels];

/** Largest absolute difference between the values of two images. */
export function distance(a: Image, b: Image): number {
  return a.data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b.data[i])), 0);
}
