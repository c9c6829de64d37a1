import type { Pipeline } from '../schema/skeleton.js';
import { multipliesBf16 } from '../tensor/kernels.js';

/** How numbers in bf16 are computed: by the processor, or rounded for multiplications in float32. */
export type Bf16Form = 'multiplied' | 'rounded';

/** The form on the active backend; undefined for a training in float32. */
export function bf16Form({ trainer }: Pick<Pipeline, 'trainer'>): Bf16Form | undefined {
  if (trainer.precision !== 'bf16') return undefined;
  return multipliesBf16() ? 'multiplied' : 'rounded';
}
