import type { Tensor } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../contracts/optimizer.js';
import { withGradient } from '../tensor/custom-gradient.js';
import { largest } from './compare.js';
import type { Kernels } from '../contracts/kernels.js';
import { tf } from '../tensor/tf.js';

/**
 * Largest distance from zero, relative to the largest value of the tensor and multiplied by the number of relus
 * computed so far, at which float32 rounding can change the sign of a value. It is eight times the rounding error of
 * one operation, because each relu follows a convolution, a normalisation and a sum of several operations each.
 */
const ROUNDING = 2 ** -21;

/** Records of a run where the sign of a value matters, in order of computation. */
export interface Sides {
  /** For each relu: 1 where the input passes, 0 elsewhere. */
  readonly relus: Uint8Array[];
  /** The gradients that reach optimizers. Adam divides each by its own magnitude, so only the sign of one near zero matters. */
  readonly gradients: ArrayLike<number>[];
}

/** Hooks into the computation of relus and into the gradients that reach optimizers. */
export interface Watch {
  kernels(own: Kernels): Kernels;
  optimizer(own: Optimizer): Optimizer;
}

/** Records the signs of a run without changing it. */
export function noting({ relus, gradients }: Sides): Watch {
  const noted = <T extends Tensor>(output: T): T => {
    relus.push(openOf(output.dataSync()));
    return output;
  };
  /** The composed form calls the kernels below, which record the same relu. */
  const joint = <R extends { readonly output: Tensor }>(compute: () => R): R => {
    const before = relus.length;
    const result = compute();
    relus.length = before;
    noted(result.output);
    return result;
  };
  return {
    kernels: own => ({
      ...own,
      relu: input => noted(own.relu(input)),
      addRelu: (a, b) => noted(own.addRelu(a, b)),
      batchNormRelu: (input, parameters) => joint(() => own.batchNormRelu(input, parameters)),
      batchNormReluConv2d: (input, parameters, convolution) => {
        // The relu within this kernel, of which nothing is seen, has the signs of the relu alone.
        const { output, mean, variance } = joint(() => own.batchNormRelu(input, parameters));
        tf.dispose([output, mean, variance]);
        const before = relus.length;
        const result = own.batchNormReluConv2d(input, parameters, convolution);
        relus.length = before;
        return result;
      },
    }),
    optimizer: own =>
      withGradients(own, gradient => {
        gradients.push(gradient.dataSync().slice());
        return gradient;
      }),
  };
}

/** Forces a float64 run to the recorded signs of another run, and measures how far from zero the forced values are. */
export class Forcing implements Watch {
  /** Number of values whose sign differs from the recorded one. */
  crossed = 0;
  /** Largest distance of these values from zero, relative to the distance that rounding explains. */
  furthest = 0;
  readonly #sides: Sides;
  readonly #gradientsToo: boolean;
  #values = 0;
  #relus = 0;
  #gradients = 0;
  #same = true;

  constructor(sides: Sides, gradientsToo: boolean) {
    this.#sides = sides;
    this.#gradientsToo = gradientsToo;
  }

  /** True if the recorded run computed the same relus. */
  get fits(): boolean {
    return this.#same && this.#relus === this.#sides.relus.length;
  }

  /** Number of forced values out of all, for messages. */
  get summary(): string {
    const [some, all] = [this.crossed, this.#values].map(count => count.toLocaleString('en'));
    return `${some} of ${all} values${this.#gradientsToo ? ' and gradients' : ''}`;
  }

  kernels(own: Kernels): Kernels {
    const relu = <T extends Tensor>(input: T): T => this.#relu(input) as T;
    return { ...own, relu, addRelu: (a, b) => tf.tidy(() => relu(tf.add(a, b))) };
  }

  optimizer(own: Optimizer): Optimizer {
    return this.#gradientsToo ? withGradients(own, gradient => this.#gradient(gradient)) : own;
  }

  /** Relu with a given mask instead of the sign: x where the mask is 1, 0 elsewhere; the gradient likewise. */
  readonly #relu = withGradient((x: Tensor) => {
    const open = tf.tensor(this.#open(x.dataSync()), x.shape, 'float32');
    return { value: tf.mul<Tensor>(x, open), saved: [open], gradient: (dy, [kept]) => [tf.mul(dy, kept)] };
  });

  #open(input: ArrayLike<number>): Uint8Array {
    const own = openOf(input);
    const given = this.#sides.relus.at(this.#relus++);
    if (given?.length !== own.length) {
      this.#same = false;
      return own;
    }
    const explained = this.#explained(input);
    own.forEach((open, i) => {
      if (open !== given[i]) this.#cross(Math.abs(input[i]) / explained);
    });
    this.#values += own.length;
    return given;
  }

  /** The recorded gradient where both gradients are zero up to rounding, else the own one. */
  #gradient(gradient: Tensor): Tensor {
    const own = gradient.dataSync<'float32'>();
    const given = this.#sides.gradients.at(this.#gradients++);
    if (given?.length !== own.length) {
      this.#same = false;
      return gradient;
    }
    const explained = this.#explained(own);
    const taken = own.map((value, i) => {
      if (Math.max(Math.abs(value), Math.abs(given[i])) > explained) return value;
      if (Math.sign(value) !== Math.sign(given[i])) this.#cross(Math.abs(value) / explained);
      return given[i];
    });
    this.#values += own.length;
    return tf.tensor(taken, gradient.shape, 'float32');
  }

  #explained(values: ArrayLike<number>): number {
    return ROUNDING * this.#relus * largest(values);
  }

  #cross(distance: number): void {
    this.crossed++;
    this.furthest = Math.max(this.furthest, distance);
  }
}

/** An optimizer that applies `change` to its gradients. */
function withGradients(own: Optimizer, change: (gradient: Tensor) => Tensor): Optimizer {
  return {
    ...own,
    apply: (parameters, learningRate, at) =>
      own.apply(
        parameters.map(parameter => ({ ...parameter, gradient: change(parameter.gradient) })),
        learningRate,
        at,
      ),
  };
}

function openOf(values: ArrayLike<number>): Uint8Array {
  const open = new Uint8Array(values.length);
  for (let i = 0; i < open.length; i++) open[i] = values[i] > 0 ? 1 : 0;
  return open;
}
