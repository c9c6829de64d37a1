import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { scope, withGradient, type BatchNormParameters, type Normalized } from '@carl-ssl/core';
import { operation } from './operation.js';

/** Batch normalisation with our operations CarlBatchNorm and CarlBatchNormGrad; see `native/math/batch-norm.h`. */
export function batchNorm<T extends Tensor2D | Tensor4D>(
  input: T,
  scale: Tensor1D,
  offset: Tensor1D,
  epsilon: number,
): Normalized<T> {
  return normalize(input, { scale, offset, epsilon }, false);
}

/** Batch normalisation with the addition of a shortcut and a relu in the same pass over memory. */
export function batchNormRelu<T extends Tensor2D | Tensor4D>(
  input: T,
  parameters: BatchNormParameters<T>,
): Normalized<T> {
  return normalize(input, parameters, true);
}

/** Runs the forward operation outside the differentiated function, which can have only one output. */
function normalize<T extends Tensor2D | Tensor4D>(
  input: T,
  { scale, offset, epsilon, shortcut }: BatchNormParameters<T>,
  relu: boolean,
): Normalized<T> {
  return scope(() => {
    const settings = { attributes: { epsilon, relu, add: shortcut !== undefined }, types: [] };
    const inputs = [input, scale, offset, shortcut ?? scale];
    const [value, mean, variance] = operation('CarlBatchNorm', inputs, { ...settings, outputs: 3 });
    const differentiable = withGradient((x: Tensor, ...rest: Tensor[]) => ({
      value,
      // The sign of the output masks the gradient; without a shortcut, the sign follows from the input.
      saved: [x, ...(shortcut ? [value] : []), rest[0], rest[1], mean, variance],
      gradient: (dy, saved) => {
        const [of, ...others] = saved;
        // Without a shortcut, any tensor takes the place of the output.
        const kept = shortcut ? others : [others[0], ...others];
        const gradients = operation('CarlBatchNormGrad', [dy, of, ...kept], { ...settings, outputs: 4 });
        if (!shortcut) gradients.pop()!.dispose();
        return gradients;
      },
    }));
    const output = differentiable(input, scale, offset, ...(shortcut ? [shortcut] : [])) as T;
    return { output, mean: mean as Tensor1D, variance: variance as Tensor1D };
  });
}
