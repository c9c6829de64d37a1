import type { Rank, Scalar, Tensor } from '@tensorflow/tfjs-core';
import { singleProcess } from '../builtin/single-process.js';
import type { Collective } from '../contracts/collective.js';
import type { StateSpec } from '../contracts/state.js';
import { differentiate } from '../tensor/engine.js';
import { scope } from '../tensor/scope.js';
import { tf } from '../tensor/tf.js';
import { runWorkers } from './in-process-workers.js';
import { noise, relativeDifference } from './probe.js';
import type { Subject } from './rule.js';

/** Parts of the rules that compare two workers with one worker that holds the joined batch. */

export const WORKERS_RULE = 'computes the same on two workers with different halves of a batch as on one';

const WORKERS = 2;
/** Largest difference as a share of the largest value; rounding stays far below it. */
const TOLERANCE = 1e-3;
const GRADIENT = 'the gradient by';
/** Gradients below this share of the largest one are compared with this share. */
const GRADIENT_FLOOR = 1e-2;

/** Values by name. */
export type Figures = Readonly<Record<string, ArrayLike<number>>>;

/** Results of one worker. */
export interface Outcome {
  /** Results for its share of the batch, whose mean over workers is that of the batch: loss, parts, gradients. */
  readonly means: Figures;
  /** Results for its own rows, in the order of the batch. */
  readonly rows?: Figures;
  /** Results that are equal on all workers: new buffers and running statistics. */
  readonly shared: Figures;
}

/** True if the component declares that the statistics it computes are those of each worker alone. */
export function isPerWorker({ component, options }: Pick<Subject<unknown>, 'component' | 'options'>): boolean {
  return component.provides?.(options, () => [])?.includes('per-worker') ?? false;
}

/**
 * Normal values whose second half of rows has another mean and another deviation. Workers with similar halves would hide
 * statistics that are not exchanged and gradients that do not cross workers.
 */
export function unevenNoise(purpose: string, shape: readonly number[]): Tensor {
  const [rows, ...rest] = shape;
  return tf.tidy(() => {
    const [first, second] = tf.split(noise(purpose, shape), [Math.ceil(rows / 2), Math.floor(rows / 2)]);
    const shift = tf.mul(noise(`${purpose} shift`, [1, ...rest]), 1.5);
    return tf.concat([tf.mul(first, 0.5), tf.add(tf.mul(second, 1.5), shift)]);
  });
}

/** The rows of a worker, [N, ...] -> [B, ...]. */
export function shareOf<T extends Tensor>(joined: T, { rank, size }: Pick<Collective, 'rank' | 'size'>): T {
  const share = joined.shape[0]! / size;
  return tf.slice<Rank, Tensor>(joined, rank * share, share) as T;
}

/** Runs work on one worker and on two. Returns the results of the one, and every difference. */
export async function comparedWorkers(
  work: (collective: Collective) => Outcome,
): Promise<{ readonly one: Outcome; readonly problems: readonly string[] }> {
  const one = scope(() => work(singleProcess));
  const several = await runWorkers(WORKERS, collective => scope(() => work(collective)));
  const means = Object.keys(one.means).map(name => [name, meanOf(several.map(other => other.means[name] ?? []))]);
  const rows = Object.keys(one.rows ?? {}).map(name => [
    name,
    several.flatMap(other => [...Array.from(other.rows?.[name] ?? [])]),
  ]);
  const found = [
    ...differences({ ...one.means, ...one.rows }, Object.fromEntries([...means, ...rows]) as Figures),
    ...several.flatMap(other => differences(one.shared, other.shared)),
  ];
  return { one, problems: [...new Set(found)] };
}

/** Loss of a worker and its gradients, on the host. */
export function gradientsBy(
  by: Readonly<Record<string, Tensor>>,
  loss: () => Scalar,
): { readonly loss: Figures[string]; readonly gradients: Figures } {
  const tensors = Object.values(by);
  const differential = differentiate(() => tf.clone(loss()), tensors);
  const gradients = Object.keys(by).map((name, i) => [
    `${GRADIENT} ${name}`,
    differential.gradients[i]?.dataSync().slice() ?? new Float32Array(tensors[i].size),
  ]);
  return { loss: differential.value.dataSync().slice(), gradients: Object.fromEntries(gradients) as Figures };
}

/** Tensors of the new values of buffers; buffers without a new value are left out. */
export function stateAfter(specs: readonly StateSpec[], values: Figures): Record<string, Tensor> {
  const known = specs.filter(({ name }) => name in values);
  return Object.fromEntries(
    known.map(({ name, shape, dtype }) => [name, tf.tensor(values[name] as Float32Array, [...shape], dtype)]),
  );
}

/** Values of tensors, on the host. */
export function valuesOf(tensors: Readonly<Record<string, Tensor>>): Figures {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync().slice()]));
}

const meanOf = (values: readonly ArrayLike<number>[]): number[] =>
  Array.from(values[0], (_, i) => values.reduce((sum, one) => sum + one[i], 0) / values.length);

/** Values that differ by more than rounding. Gradients of one loss share a scale, because some are zero up to rounding. */
function differences(one: Figures, several: Figures): string[] {
  const gradient = Object.keys(one).filter(name => name.startsWith(GRADIENT));
  const scale = Math.max(0, ...gradient.flatMap(name => Array.from(one[name], Math.abs)));
  return Object.keys(one).flatMap(name => {
    const least = name.startsWith(GRADIENT) ? scale * GRADIENT_FLOOR : 0;
    const difference = relativeDifference(several[name] ?? [], one[name], least);
    return difference <= TOLERANCE ? [] : [`${name} differs by ${difference.toPrecision(2)}`];
  });
}
