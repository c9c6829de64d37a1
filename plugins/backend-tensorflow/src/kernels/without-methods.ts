import { tf } from '@carl-ssl/core';
import type { DataType, KernelFunc, Tensor } from '@tensorflow/tfjs-core';

/**
 * Replaces the kernels of tfjs-node that call methods of tensors, such as `x.toFloat()`: tensors have these only if
 * `@tensorflow/tfjs` is loaded.
 */
export function replaceKernelsWithMethods(): void {
  replace('Prelu', () => prelu);
  replace('Exp', exp => casting(exp, 'int32', 'float32'));
  for (const name of ['ArgMax', 'ArgMin']) replace(name, kernel => casting(kernel, 'bool', 'int32'));
}

function replace(kernelName: string, make: (own: KernelFunc) => KernelFunc): void {
  const own = tf.getKernel(kernelName, 'tensorflow');
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({ ...own, kernelFunc: make(own.kernelFunc) });
}

/** max(x, 0) + alpha min(x, 0). */
const prelu: KernelFunc = ({ inputs }) => {
  const { x, alpha } = inputs as Readonly<Record<'x' | 'alpha', Tensor>>;
  return tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0))));
};

/** The kernel, with x cast if it has the element type that TensorFlow's operation does not take. */
const casting =
  (kernel: KernelFunc, from: DataType, to: DataType): KernelFunc =>
  call => {
    const x = call.inputs.x as Tensor;
    if (x.dtype !== from) return kernel(call);
    return tf.tidy(() => kernel({ ...call, inputs: { x: tf.cast(x, to) } }) as Tensor);
  };
