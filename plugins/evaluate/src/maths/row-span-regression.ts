import type { Tensor2D } from '@tensorflow/tfjs-core';
import { tf, type HostMatrix } from '@carl-ssl/core';
import type { Stepwise } from '../stepwise.js';
import { rowParts, rowsAt } from './row-parts.js';
import { minimize, type Evaluation, type Problem } from './minimize.js';

/** Labelled samples of a softmax regression. */
interface Samples {
  /** [N, D]. */
  readonly features: HostMatrix;
  /** 0 to `classes` - 1. */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** Norm of the gradient at which a fit ends, as small as that of fits without this form. */
const TOLERANCE = 1e-3;

/**
 * Multinomial logistic regression with more features than samples. The penalty leaves no part of the weights outside the span
 * of the samples, so W = A X with A [K, N], and only products of samples are needed: G = X X^T [N, N], computed once in
 * float32 on the active backend. A point is stored as [A, b, A G, b], a gradient likewise, so that the inner product of two
 * weights W is that of the halves, and L-BFGS takes the same steps as with W itself.
 */
export class RowSpanRegression {
  /** [N, D]. */
  readonly #features: Tensor2D;
  /** [N, N]; computed by the first fit. */
  #products: Tensor2D | undefined;
  #point: Float64Array;

  constructor(
    private readonly samples: Samples,
    private readonly stepProducts: number,
  ) {
    const { data, rows, columns } = samples.features;
    this.#features = tf.tensor2d(data as Float32Array, [rows, columns]);
    this.#point = new Float64Array(2 * samples.classes * (rows + 1));
  }

  /** Weights [K, D + 1] at the penalty's optimum, the bias last; starts from the last fit. */
  *fit(penalty: number): Stepwise<Float64Array> {
    this.#products ??= yield* productsOfRows(this.#features, this.stepProducts);
    const problem: Problem = {
      evaluate: point => this.#evaluate(point, penalty),
      precondition: gradient => gradient,
      inner: innerOfHalves,
      size: gradient => Math.sqrt(Math.max(0, innerOfHalves(gradient, gradient))),
      ...{ noise: 1e-6, tolerance: TOLERANCE, maxIterations: 1000 },
    };
    this.#point = (yield* minimize(problem, this.#point)).point;
    return this.#weights();
  }

  dispose(): void {
    this.#features.dispose();
    this.#products?.dispose();
  }

  #evaluate(point: Float64Array, penalty: number): Evaluation {
    const { classes, labels } = this.samples;
    const count = labels.length;
    const half = point.length / 2;
    const biases = classes * count;
    const gradient = new Float64Array(point.length);
    const residual = new Float64Array(classes);
    let value = 0;
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < classes; k++) residual[k] = point[half + k * count + row] + point[biases + k];
      value -= softmax(residual, labels[row]) / count;
      residual[labels[row]] -= 1;
      for (let k = 0; k < classes; k++) {
        gradient[k * count + row] = residual[k] / count;
        gradient[biases + k] += residual[k] / count;
      }
    }
    for (let i = 0; i < biases; i++) {
      value += (penalty / 2) * point[i] * point[half + i];
      gradient[i] += penalty * point[i];
    }
    gradient.set(this.#timesProducts(gradient.subarray(0, biases)), half);
    gradient.copyWithin(half + biases, biases, half);
    return { value, gradient };
  }

  /** Coefficients [K, N] times G. */
  #timesProducts(coefficients: Float64Array): Float32Array {
    const shape: [number, number] = [this.samples.classes, this.samples.labels.length];
    const product = tf.tidy(() => tf.matMul(tf.tensor2d(Float32Array.from(coefficients), shape), this.#products!));
    const values = product.dataSync<'float32'>();
    product.dispose();
    return values;
  }

  #weights(): Float64Array {
    const { classes, labels, features } = this.samples;
    const biases = classes * labels.length;
    const coefficients = Float32Array.from(this.#point.subarray(0, biases));
    const product = tf.tidy(() => tf.matMul(tf.tensor2d(coefficients, [classes, labels.length]), this.#features));
    const values = product.dataSync<'float32'>();
    product.dispose();
    const { columns } = features;
    const weights = new Float64Array(classes * (columns + 1));
    for (let k = 0; k < classes; k++) {
      weights.set(values.subarray(k * columns, (k + 1) * columns), k * (columns + 1));
      weights[k * (columns + 1) + columns] = this.#point[biases + k];
    }
    return weights;
  }
}

/** Products of the rows of a matrix [N, D] with each other [N, N]. Yields between parts. */
function* productsOfRows(matrix: Tensor2D, stepProducts: number): Stepwise<Tensor2D> {
  const [rows, columns] = matrix.shape;
  const found: Tensor2D[] = [];
  try {
    for (const part of rowParts(rows, rows * columns, stepProducts)) {
      if (found.length > 0) yield;
      found.push(tf.tidy(() => tf.matMul(rowsAt(matrix, part), tf.transpose(matrix))));
    }
    return tf.concat2d(found, 0);
  } finally {
    tf.dispose(found);
  }
}

/** Replaces logits by probabilities and returns the logarithm of that of a class. */
function softmax(logits: Float64Array, label: number): number {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const own = logits[label] - largest;
  let total = 0;
  for (let k = 0; k < logits.length; k++) total += logits[k] = Math.exp(logits[k] - largest);
  for (let k = 0; k < logits.length; k++) logits[k] /= total;
  return own - Math.log(total);
}

function innerOfHalves(a: Float64Array, b: Float64Array): number {
  const half = a.length / 2;
  let sum = 0;
  for (let i = 0; i < half; i++) sum += a[i] * b[half + i];
  return sum;
}
