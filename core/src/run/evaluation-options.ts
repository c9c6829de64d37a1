import type { Baseline } from '../contracts/evaluator.js';
import type { Pipeline } from '../schema/skeleton.js';

type EvaluationOptions = Pipeline['evaluation'];

/** Options of runs that were made before pipelines had the key. */
const DEFAULTS: EvaluationOptions = { network: 'auto', baselines: 'auto' };

/** Largest number of values of an image whose pixels are a baseline by default: 32 x 32 in colour. */
const PIXEL_BASELINE_VALUES = 3072;

/** `evaluation` of a pipeline, also of one that was resolved before the key existed. */
export function evaluationOptions(pipeline: Pipeline): EvaluationOptions {
  return (pipeline as Partial<Pipeline>).evaluation ?? DEFAULTS;
}

/** Baselines of an evaluation of images of the given size, in the order in which they run. */
export function baselinesOf(
  pipeline: Pipeline,
  [height, width, channels]: readonly [number, number, number],
): readonly Baseline[] {
  const { baselines } = evaluationOptions(pipeline);
  const all = ['untrained', 'pixels'] as const;
  if (baselines !== 'auto') return all.filter(baseline => baselines.includes(baseline));
  return height * width * channels <= PIXEL_BASELINE_VALUES ? all : ['untrained'];
}
