import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';

/** Gradient of a kernel: the tensors to save in the forward pass, and a function from the output's gradient dy to those of the inputs. */
export type KernelGradient = Omit<GradConfig, 'kernelName'>;

/** Gradients by kernel name. */
export type GradientTable = Readonly<Record<string, KernelGradient>>;

/** Gradient of y = f(x) from dy and x. */
export function fromInput<A = unknown>(
  gradient: (dy: Tensor, x: Tensor, attributes: A) => Tensor,
  input = 'x',
): KernelGradient {
  return {
    inputsToSave: [input],
    gradFunc: (dy, [x], attributes) => ({ [input]: () => gradient(dy as Tensor, x, attributes as A) }),
  };
}

/** Gradient of y = f(x) from dy and y. */
export function fromOutput<A = unknown>(
  gradient: (dy: Tensor, y: Tensor, attributes: A) => Tensor,
  input = 'x',
): KernelGradient {
  return {
    outputsToSave: [true],
    gradFunc: (dy, [y], attributes) => ({ [input]: () => gradient(dy as Tensor, y, attributes as A) }),
  };
}

/** Gradient of y = f(x) from dy, x and y. */
export function fromBoth<A = unknown>(
  gradient: (dy: Tensor, saved: { readonly x: Tensor; readonly y: Tensor }, attributes: A) => Tensor,
): KernelGradient {
  return {
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attributes) => ({ x: () => gradient(dy as Tensor, { x, y }, attributes as A) }),
  };
}

/** Gradient of a linear y = f(x) from dy; a kernel of several outputs has a dy for each. */
export function linear<A = unknown, Dy extends Tensor | Tensor[] = Tensor>(
  gradient: (dy: Dy, attributes: A) => Tensor,
  input = 'x',
): KernelGradient {
  return { gradFunc: (dy, _saved, attributes) => ({ [input]: () => gradient(dy as Dy, attributes as A) }) };
}

/** Gradients of y = f(a, b) from dy, a and b. */
export function binary(
  gradientOfA: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
  gradientOfB: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
): KernelGradient {
  return {
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => ({
      a: () => gradientOfA(dy as Tensor, a, b),
      b: () => gradientOfB(dy as Tensor, a, b),
    }),
  };
}

/** Gradients of a kernel that takes a list of tensors, in the list's order. */
export function listed(gradients: readonly Tensor[]): Record<string, () => Tensor> {
  return Object.fromEntries(gradients.map((gradient, i) => [i, () => gradient]));
}

/** Gradient of a piecewise constant function of x: zero. */
export const constantSteps: KernelGradient = linear(dy => tf.zerosLike(dy));
