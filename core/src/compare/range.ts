import { isComponentKey } from '../config/load.js';
import type { Place } from '../config/source.js';

/** Values of a key of a pipeline that trials draw from. */
export type Range = { readonly key: string; readonly place: Place } & (Interval | Choice);

interface Interval {
  readonly kind: 'interval';
  readonly from: number;
  readonly to: number;
  /** Even on a logarithmic scale. */
  readonly log: boolean;
  /** Whole numbers, both ends included. */
  readonly integer: boolean;
}

interface Choice {
  readonly kind: 'choice';
  readonly values: readonly unknown[];
}

/** The value of a range at a coordinate in [0, 1); numbers have four significant digits. */
export function valueAt(range: Range, coordinate: number): unknown {
  if (range.kind === 'choice') return range.values[Math.floor(coordinate * range.values.length)];
  const { from, to, log, integer } = range;
  const end = integer ? to + 1 : to;
  const value = log ? from * (end / from) ** coordinate : from + (end - from) * coordinate;
  return Math.min(to, Math.max(from, integer ? Math.floor(value) : Number(value.toPrecision(4))));
}

/** Both ends of an interval, or all choices. */
export function extremesOf(range: Range): readonly unknown[] {
  return range.kind === 'choice' ? range.values : [range.from, range.to];
}

/** A change in the form of `--set`. A name of a component leaves the options of its key as they are. */
export function setOf(key: string, value: unknown): string {
  return isComponentKey(key) && typeof value === 'string' ? `${key}.use=${value}` : `${key}=${JSON.stringify(value)}`;
}
