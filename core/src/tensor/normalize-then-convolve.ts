import type { Kernels } from '../contracts/kernels.js';
import { scope } from './scope.js';

/** {@link Kernels.batchNormReluConv2d} by two kernels, one after the other. */
export function normalizeThenConvolve(own: Pick<Kernels, 'batchNormRelu' | 'conv2d'>): Kernels['batchNormReluConv2d'] {
  return (input, parameters, convolution) =>
    scope(() => {
      const { output, ...statistics } = own.batchNormRelu(input, parameters);
      return { output: own.conv2d(output, convolution), ...statistics };
    });
}
