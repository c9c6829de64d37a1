import { tf } from '@carl-ssl/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * Means over the leading axes, [n..., c...] -> [c...], by XNNPACK's average pooling over two windows: many times faster
 * than the backend's own way, which transposes the whole tensor first, and closer, because partial sums stay short.
 */
export function columnMean(backend: BackendWasm, x: TensorInfo, leading: number): TensorInfo {
  const rest = x.shape.slice(leading);
  const count = tf.util.sizeFromShape(x.shape.slice(0, leading));
  const width = tf.util.sizeFromShape(rest);
  const window = divisorNearRoot(count);
  const partial = pool(backend, { ...x, shape: [count / window, window, 1, width] });
  const whole = pool(backend, { ...partial, shape: [1, count / window, 1, width] });
  backend.disposeData(partial.dataId);
  return { ...whole, shape: rest };
}

/** True if `axes` are the first ones but not all, so that {@link columnMean} applies. */
export function areLeading(x: TensorInfo, axes: readonly number[]): boolean {
  const sorted = [...axes].sort((a, b) => a - b);
  return (
    axes.length > 0 && axes.length < x.shape.length && sorted.every((axis, i) => axis === i) && !x.shape.includes(0)
  );
}

/** Mean over the second axis of [b,n,1,c]. */
function pool(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const attrs = { filterSize: [x.shape[1], 1], strides: 1, pad: 'valid' };
  return tf.getKernel('AvgPool', 'wasm').kernelFunc({ inputs: { x }, attrs, backend }) as TensorInfo;
}

/** The largest divisor of n that is not above its square root, or n itself if that is 1. */
function divisorNearRoot(n: number): number {
  for (let d = Math.floor(Math.sqrt(n)); d > 1; d--) if (n % d === 0) return n / d;
  return n;
}
