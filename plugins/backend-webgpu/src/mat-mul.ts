import { tf } from '@carl-ssl/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { free, replaceKernel } from './replace-kernel.js';

/** From this number of products a sum is split between workgroups, which read a transposed second matrix wrongly. */
const SPLIT = 2000;

/** Products over many values whose second matrix is transposed: it is transposed before, not while it is read. */
export function registerMatMul(): void {
  for (const name of ['BatchMatMul', '_FusedMatMul'])
    replaceKernel(name, own => ({ inputs, attrs, backend }) => {
      const { b } = inputs as Record<'a' | 'b', TensorInfo>;
      if (attrs?.transposeB !== true || b.shape.at(-1)! < SPLIT) return own({ inputs, attrs, backend });
      const turned = transposed(b, backend);
      const product = own({ inputs: { ...inputs, b: turned }, attrs: { ...attrs, transposeB: false }, backend });
      free(backend, turned);
      return product;
    });
}

/** A tensor with its last two axes exchanged. */
function transposed(x: TensorInfo, backend: object): TensorInfo {
  const rank = x.shape.length;
  const perm = [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2];
  const { kernelFunc } = tf.getKernel('Transpose', 'webgpu');
  return kernelFunc({ inputs: { x }, attrs: { perm }, backend }) as TensorInfo;
}
