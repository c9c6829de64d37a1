import type { Bf16Form } from '../run/bf16-form.js';

/** Lines on how a training computes in bf16. */
export const BF16_TEXT: Readonly<Record<Bf16Form, string>> = {
  multiplied: 'bf16, which the processor multiplies',
  rounded: 'bf16 by rounding, because this processor and backend do not multiply it: float32 takes less time here',
};
