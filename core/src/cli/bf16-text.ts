import type { Bf16Form } from '../run/bf16-form.js';

/** Lines on how a training computes in bf16. */
export const BF16_TEXT: Readonly<Record<Bf16Form, string>> = {
  multiplied: 'bf16, which the processor multiplies in convolutions and linear layers with channels in multiples of 16',
  partly:
    'bf16, which the processor multiplies in linear layers and in 1x1 and strided convolutions with channels in multiples of 16; ' +
    '3x3 convolutions of stride 1 multiply in float32, which takes less time here',
  rounded: 'bf16 by rounding, because this processor and backend do not multiply it: float32 takes less time here',
};
