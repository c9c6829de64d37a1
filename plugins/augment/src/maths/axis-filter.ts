import { cubic, triangle } from './interpolation.js';
import type { Sampling } from './interpolation.js';
import { clamped } from './window.js';

/**
 * Linear filter along one axis of an image:
 * `result[i] = sum over t < counts[i] of weights[i * taps + t] * source[starts[i] + t]`.
 * Resizing and blurring each consist of two such filters.
 */
export interface AxisFilter {
  /** Number of results. */
  readonly output: number;
  /** Largest number of weights per result. */
  readonly taps: number;
  /** First source index of each result: [output]. */
  readonly starts: Int32Array;
  /** Number of weights of each result: [output]. */
  readonly counts: Int32Array;
  /** Weights, row by row: [output, taps]. */
  readonly weights: Float64Array;
}

/** Filter of zeros, with `taps` weights allocated per result. */
export function emptyFilter(output: number, taps: number): AxisFilter {
  return {
    output,
    taps,
    starts: new Int32Array(output),
    counts: new Int32Array(output),
    weights: new Float64Array(output * taps),
  };
}

/** Filters that are kept: crops of images of one size have few different sides. */
const MOST_KEPT = 512;
const kept = new Map<string, AxisFilter>();

/** Filter that resamples `input` values to `output` values; pixel centres are at index + 0.5. It must not be changed. */
export function resamplingFilter(input: number, output: number, sampling: Sampling): AxisFilter {
  const key = `${input} ${output} ${sampling.interpolation} ${sampling.antialias}`;
  const known = kept.get(key);
  if (known) return known;
  if (kept.size === MOST_KEPT) kept.clear();
  const filter = newFilter(input, output, sampling);
  kept.set(key, filter);
  return filter;
}

function newFilter(input: number, output: number, sampling: Sampling): AxisFilter {
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

/**
 * Antialiased filter. When shrinking, the kernel is widened by input / output. It is cut off at the borders and divided
 * by its sum.
 */
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

/**
 * Filter of two (bilinear) or four (bicubic) neighbours without antialiasing. The outermost values are repeated beyond
 * the borders.
 */
function interpolating(input: number, output: number, bicubic: boolean): AxisFilter {
  const reach = bicubic ? 2 : 1;
  const filter = emptyFilter(output, 2 * reach);
  for (let i = 0; i < output; i++) {
    const centre = (input / output) * (i + 0.5) - 0.5;
    const base = Math.floor(centre);
    const start = clamped(base + 1 - reach, input);
    filter.starts[i] = start;
    filter.counts[i] = clamped(base + reach, input) - start + 1;
    for (let p = base + 1 - reach; p <= base + reach; p++) {
      const weight = bicubic ? cubic(centre - p, -0.75) : triangle(centre - p);
      filter.weights[i * filter.taps + clamped(p, input) - start] += weight;
    }
  }
  return filter;
}
