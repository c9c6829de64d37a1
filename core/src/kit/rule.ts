import type { HostArray } from '../contracts/metric.js';
import type { ObjectiveSize } from '../contracts/objective.js';
import type { TensorMap } from '../contracts/state.js';
import type { Component } from '../plugin/define.js';

/** Options and inputs for testing a component; choose small sizes. */
export interface Example {
  /** Options as in YAML, without `use`; the schema's defaults are filled in. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Encoders: height, width and channels of the images. */
  readonly image?: readonly [height: number, width: number, channels: number];
  /** Objectives: number of views. */
  readonly views?: number;
  /** Objectives: the loss depends on the order of the images in the batch, by design. */
  readonly orderMatters?: boolean;
  /** Objectives: weights or statistics of the views count as constants, by design, so differences of the loss show more than its gradient. */
  readonly stopsGradient?: boolean;
  /** Objectives: give it codes, because it makes targets of the views themselves without a gradient through them, by design. */
  readonly codes?: boolean;
  /** Objectives: further tensors it takes by name; owned by the kit afterwards. */
  readonly tensors?: (size: ObjectiveSize) => TensorMap;
  /** Metrics: inputs by name. Those with the same number of rows belong together. */
  readonly inputs?: Readonly<Record<string, HostArray>>;
}

/** A component with options, which can be created any number of times. */
export interface Subject<T> {
  readonly component: Component<T>;
  /** Valid, with defaults, without `use`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly example: Example;
  readonly make: () => T;
  /** Makes it with other valid options, without `use`. */
  readonly makeWith: (options: Readonly<Record<string, unknown>>) => T;
}

/** A rule for every component of a slot. `check` returns one sentence for each problem. */
export interface Rule<T> {
  readonly name: string;
  readonly check: (subject: Subject<T>) => readonly string[] | Promise<readonly string[]>;
}

/** Problems of a list of facts: those that do not hold. */
export function unless(...facts: readonly (readonly [holds: boolean, problem: string])[]): string[] {
  return facts.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}
