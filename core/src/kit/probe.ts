import type { Tensor } from '@tensorflow/tfjs-core';
import { singleProcess } from '../builtin/single-process.js';
import { discardNote } from '../contracts/note.js';
import type { Image } from '../contracts/image.js';
import type { StepContext } from '../contracts/step-context.js';
import { seededStreams } from '../tensor/random.js';
import { tf } from '../tensor/tf.js';
import { counted } from '../text/counted.js';

/** Streams of the rules: always the same numbers for the same purpose. */
export const streams = seededStreams(20211223);

/** Normal values of the given deviation, the same for the same purpose. */
export function noise(purpose: string, shape: readonly number[], deviation = 1): Tensor {
  return tf.tensor(hostNoise(purpose, sizeOf(shape), deviation), [...shape]);
}

function hostNoise(purpose: string, length: number, deviation = 1): Float32Array {
  const random = streams.at(purpose);
  return Float32Array.from({ length }, () => deviation * random.normal());
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** An image of uniform values in [0, 1). */
export function noiseImage(purpose: string, height: number, [width, channels]: readonly [number, number]): Image {
  const random = streams.at(purpose);
  const data = Float32Array.from({ length: height * width * channels }, () => random.uniform());
  return { height, width, channels, data };
}

/** Step `step` of `steps`, in one epoch. */
export function contextAt(step: number, steps: number): StepContext {
  const random = streams.at('contract step', step);
  return { step, steps, epoch: 0, stepsPerEpoch: steps, random, collective: singleProcess, note: discardNote };
}

/** Number of tensors that work leaves behind. */
export async function leaked(work: () => unknown): Promise<number> {
  const before = tf.memory().numTensors;
  await work();
  return tf.memory().numTensors - before;
}

/** The problem of a number of tensors left behind. */
export function leakProblem(count: number, doing: string): string[] {
  if (count === 0) return [];
  return [
    `${doing} ${count > 0 ? `leaves ${counted(count, 'tensor')} behind` : `disposes ${counted(-count, 'tensor')} that ${count === -1 ? 'is' : 'are'} not its own`}`,
  ];
}

/** Values of a tensor; the tensor is disposed. */
export function taken(tensor: Tensor): Float32Array {
  const values = Float32Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}

export function sameBits(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((value, i) => Object.is(value, b[i]));
}

export function allFinite(values: ArrayLike<number>): boolean {
  return Array.from(values).every(Number.isFinite);
}

/** Largest difference relative to the largest value of `b`, or to `least` if that is larger; infinite if a value is NaN. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>, least = 0): number {
  if (a.length !== b.length) return Infinity;
  let [largest, most] = [Math.max(1e-12, least), 0];
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (Number.isNaN(difference)) return Infinity;
    largest = Math.max(largest, Math.abs(b[i]));
    most = Math.max(most, difference);
  }
  return most / largest;
}

/** Rows of a matrix [rows, columns] in another order: row i of the result is row `order[i]`. */
export function permuteRows<D extends Float32Array | Int32Array>(
  data: D,
  columns: number,
  order: ArrayLike<number>,
): D {
  const result = data.slice() as D;
  for (let row = 0; row < order.length; row++) {
    result.set(data.subarray(order[row] * columns, (order[row] + 1) * columns), row * columns);
  }
  return result;
}
