import type { Conv2DBackpropFilterAttrs, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { tf } from '../tensor/tf.js';

type Shape4D = [number, number, number, number];

/**
 * Replaces the plain JavaScript backend's filter gradient of convolutions, which reads and writes every element by a function
 * call and takes fifty times as long as the convolution itself.
 */
export function registerFilterGradient(): void {
  tf.unregisterKernel('Conv2DBackpropFilter', 'cpu');
  tf.registerKernel({ kernelName: 'Conv2DBackpropFilter', backendName: 'cpu', kernelFunc: filterGradient });
}

const filterGradient: KernelFunc = ({ inputs, attrs, backend }) => {
  const host = backend as MathBackendCPU;
  const { x, dy } = inputs as Readonly<Record<'x' | 'dy', TensorInfo>>;
  const { strides, pad, dimRoundingMode, filterShape, dataFormat } = attrs as unknown as Conv2DBackpropFilterAttrs;
  if (dataFormat === 'NCHW') throw new Error('Convolution gradients take NHWC only.');
  const info = tf.backend_util.computeConv2DInfo(x.shape as Shape4D, filterShape, strides, 1, pad, dimRoundingMode);
  const values = new Float32Array(tf.util.sizeFromShape(filterShape));
  const size = info.inChannels * info.outChannels;
  for (let row = 0; row < info.filterHeight; row++)
    for (let column = 0; column < info.filterWidth; column++) {
      const sum = positionGradient(info, [valuesOf(host, x), valuesOf(host, dy)], [row, column]);
      values.set(sum, (row * info.filterWidth + column) * size);
    }
  return host.makeTensorInfo(filterShape, 'float32', values);
};

const valuesOf = (host: MathBackendCPU, { dataId }: TensorInfo): Float32Array =>
  host.data.get(dataId).values as Float32Array;

/** The gradient of one filter position, [C, D], summed in double precision. */
function positionGradient(
  info: tf.backend_util.Conv2DInfo,
  [x, dy]: readonly [Float32Array, Float32Array],
  [row, column]: readonly [number, number],
): Float64Array {
  const { inHeight, inWidth, outHeight, outWidth, inChannels, outChannels } = info;
  const sum = new Float64Array(inChannels * outChannels);
  for (let at = 0; at < info.batchSize * outHeight * outWidth; at++) {
    const i = Math.floor(at / outWidth) % outHeight;
    const h = i * info.strideHeight + row - info.padInfo.top;
    const w = (at % outWidth) * info.strideWidth + column - info.padInfo.left;
    if (h < 0 || w < 0 || h >= inHeight || w >= inWidth) continue;
    const image = Math.floor(at / (outHeight * outWidth));
    const pixel = ((image * inHeight + h) * inWidth + w) * inChannels;
    for (let c = 0, k = 0; c < inChannels; c++)
      for (let d = 0; d < outChannels; d++, k++) sum[k] += x[pixel + c] * dy[at * outChannels + d];
  }
  return sum;
}
