import type { Tensor } from '@tensorflow/tfjs-core';
import type { Objective, TrivialValue } from '../contracts/objective.js';
import type { TensorMap } from '../contracts/state.js';
import type { ScheduledNumber } from '../schema/option.js';

/** A term of a sum of objectives. */
export interface Term {
  /** Unique within the sum; the prefix of its parts, buffers and notes. */
  readonly name: string;
  readonly weight: ScheduledNumber;
  readonly objective: Objective;
  readonly takesAssignments: boolean;
}

/** Terms under their `use` names, repeated ones with a number: koleo, koleo-2. */
export function named(terms: readonly (Omit<Term, 'name'> & { readonly use: string })[]): readonly Term[] {
  return terms.map(({ use, ...term }, i) => {
    const before = terms.slice(0, i).filter(other => other.use === use).length;
    return { ...term, name: before === 0 ? use : `${use}-${before + 1}` };
  });
}

/** Entries with the prefix `name.`. */
export function prefixed<T>(name: string, entries: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [`${name}.${key}`, value]));
}

/** Tensors of a term: its own buffers under their own names, and all that are no term's buffers. */
export function ownTensors(name: string, tensors: TensorMap): TensorMap {
  const start = `${name}.`;
  const entries = Object.entries(tensors).flatMap(([key, value]): [string, Tensor][] => {
    if (key.startsWith(start)) return [[key.slice(start.length), value]];
    return key.includes('.') ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

/** A collapse concerns all terms at once: values whose name every term has are added up, each times its weight. */
export function sumOfTrivial(
  terms: readonly { readonly values: readonly TrivialValue[]; readonly weight: number }[],
): readonly TrivialValue[] {
  const [first, ...rest] = terms;
  return first.values.flatMap(({ name, loss, advice }) => {
    const others = rest.map(({ values, weight }) => ({ weight, value: values.find(one => one.name === name) }));
    if (others.some(({ value }) => value === undefined)) return [];
    const total = others.reduce((sum, { value, weight }) => sum + weight * value!.loss, first.weight * loss);
    return [{ name, loss: total, advice: [advice, ...others.map(({ value }) => value!.advice)].join(' ') }];
  });
}
