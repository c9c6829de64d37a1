import * as tf from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';

/** The plain JavaScript backend, as far as it is used here. */
interface HostBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: tf.backend_util.BackendValues): TensorInfo;
  readonly data: { get(dataId: object): { readonly values: Float32Array } };
}

type Shape4D = [number, number, number, number];

/**
 * Puts a filter gradient of convolutions in the place of the plain JavaScript backend's own, which reads and writes
 * element by element through functions and takes fifty times as long as the convolution itself.
 */
export function registerFilterGradient(): void {
  tf.unregisterKernel('Conv2DBackpropFilter', 'cpu');
  tf.registerKernel({ kernelName: 'Conv2DBackpropFilter', backendName: 'cpu', kernelFunc: filterGradient });
}

const filterGradient: KernelFunc = ({ inputs, attrs, backend }) => {
  const host = backend as HostBackend;
  const { x, dy } = inputs as unknown as Readonly<Record<'x' | 'dy', TensorInfo>>;
  const { strides, pad, dimRoundingMode, filterShape, dataFormat } = attrs as unknown as {
    readonly strides: number | [number, number];
    readonly pad: number | 'valid' | 'same';
    readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
    readonly filterShape: Shape4D;
    readonly dataFormat: string;
  };
  if (dataFormat === 'NCHW') throw new Error('Convolution gradients take NHWC only.');
  const info = tf.backend_util.computeConv2DInfo(x.shape as Shape4D, filterShape, strides, 1, pad, dimRoundingMode);
  const values = new Float32Array(tf.util.sizeFromShape(filterShape));
  const size = info.inChannels * info.outChannels;
  for (let row = 0; row < info.filterHeight; row++)
    for (let column = 0; column < info.filterWidth; column++) {
      const sum = positionGradient(
        info,
        [host.data.get(x.dataId).values, host.data.get(dy.dataId).values],
        [row, column],
      );
      values.set(sum, (row * info.filterWidth + column) * size);
    }
  return host.makeTensorInfo(filterShape, 'float32', values);
};

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
