import type { Baseline } from '../contracts/evaluator.js';
import type { Pipeline } from '../schema/skeleton.js';

/** Largest number of values of an image whose pixels are a baseline by default: 32 x 32 in colour. */
const PIXEL_BASELINE_VALUES = 3072;

/** Baselines of an evaluation of images of the given size, in the order in which they run. */
export function baselinesOf(
  { evaluation: { baselines } }: Pipeline,
  [height, width, channels]: readonly [number, number, number],
): readonly Baseline[] {
  const all = ['untrained', 'pixels'] as const;
  if (baselines !== 'auto') return all.filter(baseline => baselines.includes(baseline));
  return height * width * channels <= PIXEL_BASELINE_VALUES ? all : ['untrained'];
}
