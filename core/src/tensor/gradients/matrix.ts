import type { BatchMatMulAttrs, Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { summedTo } from './broadcasting.js';
import type { GradientTable, KernelGradient } from './gradient-table.js';

/** With y = A B: dA = dy B^T and dB = A^T dy; for a transposed operand the transposed product. */
const matMul: KernelGradient = {
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b], attributes) => {
    const { transposeA, transposeB } = attributes as unknown as BatchMatMulAttrs;
    const slope = dy as Tensor;
    return {
      a: () =>
        summedTo(transposeA ? tf.matMul(b, slope, transposeB, true) : tf.matMul(slope, b, false, !transposeB), a),
      b: () => summedTo(transposeB ? tf.matMul(slope, a, true, transposeA) : tf.matMul(a, slope, !transposeA), b),
    };
  },
};

/** Matrix products, with broadcasting over the batch. */
export const matrix: GradientTable = { BatchMatMul: matMul };
