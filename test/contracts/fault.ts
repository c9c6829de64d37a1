import type { Component, Slot } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';

/** A component with one fault, by the rule that must find it. */
export interface Broken {
  readonly rule: string;
  readonly component: Component;
}

/** A sound component whose instances are changed. */
export function made<T>(component: { readonly slot: Slot<T> }, rule: string, change: (sound: T) => T): Broken {
  const base = component as unknown as Component<T>;
  return {
    rule,
    component: { ...base, create: (options, dependencies) => change(base.create(options, dependencies)) },
  };
}

/** A sound component that is itself changed. */
export function declared(component: unknown, rule: string, change: Partial<Component>): Broken {
  return { rule, component: { ...(component as Component), ...change } };
}

let calls = 0;

/** Another number at every call: what a component that hides a state gives. */
export function changing(): number {
  return ++calls;
}

const kept: tf.Tensor[] = [];

/** Lets a tensor leak. */
export function keep<T extends tf.Tensor>(tensor: T): T {
  kept.push(tf.keep(tensor));
  return tensor;
}

/** To be called after the tests. */
export function disposeKept(): void {
  tf.dispose(kept.splice(0));
}
