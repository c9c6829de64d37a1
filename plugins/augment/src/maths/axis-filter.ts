import { cubic, triangle } from './interpolation.js';
import type { Sampling } from './interpolation.js';

/**
 * A linear map along one axis of an image: `result[i] = sum over t < counts[i] of weights[i * taps + t] * source[starts[i] + t]`.
 * Resizing and blurring are both pairs of these.
 */
export interface AxisFilter {
  /** Length of the result. */
  readonly output: number;
  /** Room for weights per result. */
  readonly taps: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Float64Array;
}

/** A filter with room for `taps` weights per result; all counts are 0. */
export function emptyFilter(output: number, taps: number): AxisFilter {
  return {
    output,
    taps,
    starts: new Int32Array(output),
    counts: new Int32Array(output),
    weights: new Float64Array(output * taps),
  };
}

/** Resampling of `input` values to `output`, pixel centres at +0.5. */
export function resamplingFilter(input: number, output: number, sampling: Sampling): AxisFilter {
  if (sampling.interpolation === 'nearest') return nearest(input, output);
  return sampling.antialias
    ? stretched(input, output, sampling.interpolation === 'bicubic')
    : interpolating(input, output, sampling.interpolation === 'bicubic');
}

function nearest(input: number, output: number): AxisFilter {
  const filter = emptyFilter(output, 1);
  filter.weights.fill(1);
  filter.counts.fill(1);
  for (let i = 0; i < output; i++) filter.starts[i] = Math.min(Math.floor((i * input) / output), input - 1);
  return filter;
}

/** The kernel covers in/out times as many values when shrinking; it is cut at the borders and divided by its sum. */
function stretched(input: number, output: number, bicubic: boolean): AxisFilter {
  const scale = input / output;
  const stretch = Math.max(1, scale);
  const support = (bicubic ? 2 : 1) * stretch;
  const filter = emptyFilter(output, 2 * Math.ceil(support) + 1);
  for (let i = 0; i < output; i++) {
    const centre = scale * (i + 0.5);
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(input, Math.trunc(centre + support + 0.5));
    filter.starts[i] = start;
    filter.counts[i] = end - start;
    for (let t = 0; t < end - start; t++) {
      const distance = (start + t - centre + 0.5) / stretch;
      filter.weights[i * filter.taps + t] = bicubic ? cubic(distance, -0.5) : triangle(distance);
    }
    divideBySum(filter, i);
  }
  return filter;
}

function divideBySum(filter: AxisFilter, i: number): void {
  const first = i * filter.taps;
  let sum = 0;
  for (let t = 0; t < filter.taps; t++) sum += filter.weights[first + t];
  for (let t = 0; t < filter.taps; t++) filter.weights[first + t] /= sum;
}

/** Two or four neighbours, however far the axis shrinks; beyond the borders the outermost value is repeated. */
function interpolating(input: number, output: number, bicubic: boolean): AxisFilter {
  const reach = bicubic ? 2 : 1;
  const filter = emptyFilter(output, 2 * reach);
  for (let i = 0; i < output; i++) {
    const centre = (input / output) * (i + 0.5) - 0.5;
    const base = Math.floor(centre);
    const start = clampIndex(base + 1 - reach, input);
    filter.starts[i] = start;
    filter.counts[i] = clampIndex(base + reach, input) - start + 1;
    for (let p = base + 1 - reach; p <= base + reach; p++) {
      const weight = bicubic ? cubic(centre - p, -0.75) : triangle(centre - p);
      filter.weights[i * filter.taps + clampIndex(p, input) - start] += weight;
    }
  }
  return filter;
}

function clampIndex(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length - 1);
}
