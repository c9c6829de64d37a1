import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { normalizeThenConvolve, scope, withGradient, type Kernels } from '@carl-ssl/core';
import { batchNormRelu, batchStatistics, normalizationGradients } from './own-batch-norm.js';
import { conv2d, ownForm, run, type OwnForm } from './own-conv2d.js';

/**
 * Batch normalisation, relu and a convolution that normalises pixels while it reads them, forward and for the gradient of
 * its filter; see `native/math/pixels.h`. Where TensorFlow computes the convolution, normalised images are stored.
 * @param lanes number of which the channels in our operations are multiples
 */
export function batchNormReluConv2d(lanes: number): Kernels['batchNormReluConv2d'] {
  const separate = normalizeThenConvolve({ batchNormRelu, conv2d: conv2d(lanes) });
  return (input, parameters, convolution) => {
    const form = ownForm(lanes, input, convolution);
    return form ? normalizeWithin(form)(input, parameters, convolution) : separate(input, parameters, convolution);
  };
}

const RELU = { relu: true, add: false };

/**
 * The statistics are computed outside the differentiated function, which can have only one output.
 * @param bf16 whether the input and its gradient may be stored in bf16, and the gradient of the normalised images is
 */
export const normalizeWithin =
  (form: OwnForm, bf16 = false): Kernels['batchNormReluConv2d'] =>
  (input, { scale, offset, epsilon, exchange }, convolution) =>
    scope(() => {
      const { filter, stride, padding, normalized = false } = convolution;
      const { mean, variance, count } = batchStatistics(input, scale.size, exchange);
      const [height, width] = filter.shape;
      const settings = { epsilon, height, width, stride, padding, form };
      const differentiable = withGradient((x: Tensor4D, w: Tensor4D, gamma: Tensor1D, beta: Tensor1D) => ({
        value: run('CarlNormalizedConvolution', [x, w, gamma, beta, mean, variance], settings, bf16 && normalized),
        saved: [x, w, gamma, beta, mean, variance],
        gradient: (dy, [of, by, ...statistics]) => {
          const slopes = convolutionGradient(form, [dy, by], of as Tensor4D, { stride, padding, bf16 });
          // The output, which only a shortcut needs, is replaced by any other tensor.
          const tensors = [slopes, of, by, ...statistics];
          const [dx, ...others] = normalizationGradients(tensors, { epsilon, ...RELU }, { exchange, count });
          slopes.dispose();
          return [dx, run('CarlNormalizedConvolutionFilterGradient', [of, dy, ...statistics], settings), ...others];
        },
      }));
      return { output: differentiable(input, filter, scale, offset), mean, variance, count };
    });

/** The gradient of the normalised images, shaped as `images`. */
function convolutionGradient(
  form: OwnForm,
  inputs: readonly [dy: Tensor, filter: Tensor],
  { shape: [, height, width] }: Tensor4D,
  { stride, padding, bf16 }: { readonly stride: number; readonly padding: number; readonly bf16: boolean },
): Tensor {
  if (form === 'minimal') return run('CarlConvolution', inputs, { backward: true }, bf16);
  return run('CarlStridedConvolutionInputGradient', inputs, { height, width, stride, padding, form }, bf16);
}
