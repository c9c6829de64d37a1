import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../contracts/optimizer.js';
import { withGradient } from '../tensor/custom-gradient.js';
import { largest } from './compare.js';
import type { Kernels } from '../contracts/kernels.js';

/**
 * A value this far from zero, as a share of the largest of its tensor, rounding to float32 may have moved across it, for
 * each relu computed so far. It is eight times the rounding of one operation: a convolution, a normalisation and a sum,
 * each of several operations, come with a relu.
 */
const ROUNDING = 2 ** -21;

/** What a run did where signs decide, in the order it did. */
export interface Sides {
  /** For each relu 1 where it let its input through, 0 where not. */
  readonly relus: Uint8Array[];
  /** The gradients that optimizers got: Adam divides each by its own size, so one near zero tells little but its sign. */
  readonly gradients: ArrayLike<number>[];
}

/** Stands where relus are computed and where gradients come to optimizers. */
export interface Watch {
  kernels(own: Kernels): Kernels;
  optimizer(own: Optimizer): Optimizer;
}

/** Notes the sides a run takes, and changes nothing. */
export function noting({ relus, gradients }: Sides): Watch {
  const noted = <T extends Tensor>(output: T): T => {
    relus.push(openOf(output.dataSync()));
    return output;
  };
  return {
    kernels: own => ({
      ...own,
      relu: input => noted(own.relu(input)),
      addRelu: (a, b) => noted(own.addRelu(a, b)),
      batchNormRelu: (input, parameters) => {
        const before = relus.length;
        const result = own.batchNormRelu(input, parameters);
        // Where it is made of the other kernels, these have noted it.
        relus.length = before;
        noted(result.output);
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

/** Makes a run in float64 take the sides that another one took, and tells how far that is from its own. */
export class Forcing implements Watch {
  /** Values on another side of zero than in the other run. */
  crossed = 0;
  /** How far from zero such values are at most, as a share of what rounding explains. */
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

  /** Whether the other run computed the same relus. */
  get fits(): boolean {
    return this.#same && this.#relus === this.#sides.relus.length;
  }

  /** How many of how many. */
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

  /** x where it is to be let through, whatever its sign, and 0 elsewhere; the gradient likewise. */
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

  /** What the other run had, where both have zero but for rounding. */
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

/** An optimizer that gets other gradients than it is handed. */
function withGradients(own: Optimizer, change: (gradient: Tensor) => Tensor): Optimizer {
  return {
    ...own,
    apply: (parameters, learningRate) =>
      own.apply(
        parameters.map(parameter => ({ ...parameter, gradient: change(parameter.gradient) })),
        learningRate,
      ),
  };
}

function openOf(values: ArrayLike<number>): Uint8Array {
  const open = new Uint8Array(values.length);
  for (let i = 0; i < open.length; i++) open[i] = values[i] > 0 ? 1 : 0;
  return open;
}
