import type { Pipeline } from '../schema/skeleton.js';
import { bf16KernelsInUse } from '../tensor/kernels.js';

/**
 * How numbers in bf16 are computed: multiplied by the processor, the same but for 3x3 convolutions of stride 1, or rounded
 * for multiplications in float32.
 */
export type Bf16Form = 'multiplied' | 'partly' | 'rounded';

/** The form on the active backend; undefined for a training in float32. */
export function bf16Form({ trainer }: Pick<Pipeline, 'trainer'>): Bf16Form | undefined {
  if (trainer.precision !== 'bf16') return undefined;
  const own = bf16KernelsInUse();
  if (!own) return 'rounded';
  return own.float32Conv3x3 ? 'partly' : 'multiplied';
}
