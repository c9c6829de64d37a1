import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { tf, type HostMatrix } from '@carl-ssl/core';
import type { Stepwise } from '../stepwise.js';
import type { Evaluation } from './minimize.js';
import { columnsAt, rowParts, rowsAt, type RowPart } from './row-parts.js';
import { fit, type CrossEntropy, type Regression } from './softmax-regression.js';

/** Fits of a softmax regression with several penalties, in float32 on the active backend. */
export class ColumnRegression {
  readonly #samples: BackendSamples;
  readonly #entropy: CrossEntropy;
  #weights: Float64Array;

  constructor(
    private readonly regression: Omit<Regression, 'penalty'>,
    stepProducts: number,
  ) {
    const { features, labels, classes } = regression;
    this.#samples = { ...upload(features, labels, classes), stepProducts };
    this.#entropy = backendCrossEntropy(this.#samples);
    this.#weights = new Float64Array(classes * (features.columns + 1));
  }

  /** Weights [K, D + 1] at the penalty's optimum, the bias last; starts from the last fit. */
  *fit(penalty: number): Stepwise<Float64Array> {
    this.#weights = (yield* fit({ ...this.regression, penalty }, this.#entropy, this.#weights)).point;
    return this.#weights;
  }

  dispose(): void {
    tf.dispose([this.#samples.features, this.#samples.transposed, this.#samples.targets]);
  }
}

/**
 * The training samples of a probe on the active backend; the creator disposes them. The features are also kept
 * transposed, because not every backend has a fast product with a transposed matrix.
 */
interface BackendSamples {
  /** [N, D + 1]; the last column is 1. */
  readonly features: Tensor2D;
  /** [D + 1, N] */
  readonly transposed: Tensor2D;
  /** [N, K] with a 1 for the right class. */
  readonly targets: Tensor2D;
  /** Multiplications in a step. */
  readonly stepProducts: number;
}

function upload(features: HostMatrix, labels: Int32Array, classes: number): Omit<BackendSamples, 'stepProducts'> {
  return tf.tidy(() => {
    const samples = withOnes(features);
    const targets = tf.cast<Tensor2D>(tf.oneHot(tf.tensor1d(labels, 'int32'), classes) as Tensor2D, 'float32');
    return { features: samples, transposed: tf.transpose(samples), targets };
  });
}

/** Features [N, D] with a column of ones at the end, for the biases. */
export function withOnes({ data, rows, columns }: HostMatrix): Tensor2D {
  return tf.tidy(() => tf.concat2d([tf.tensor2d(data as Float32Array, [rows, columns]), tf.ones([rows, 1])], 1));
}

/** The cross-entropy of a softmax regression in float32 on the active backend: for many samples. */
function backendCrossEntropy(samples: BackendSamples): CrossEntropy {
  let gram: Float64Array | undefined;
  return {
    evaluate: weights => evaluate(samples, weights),
    *gram(): Stepwise<Float64Array> {
      return (gram ??= yield* gramOf(samples));
    },
    noise: 1e-6,
    tolerance: 1e-4,
  };
}

function* gramOf({ features, transposed, stepProducts }: BackendSamples): Stepwise<Float64Array> {
  const [rows, width] = features.shape;
  let sum: Tensor2D | undefined;
  try {
    for (const part of rowParts(rows, width * width, stepProducts)) {
      if (sum) yield;
      const before = sum;
      sum = tf.tidy(() => {
        const product = tf.matMul<Tensor2D>(columnsAt(transposed, part), rowsAt(features, part));
        return before ? tf.add<Tensor2D>(before, product) : product;
      });
      before?.dispose();
    }
    return host(tf.div(sum!, rows));
  } finally {
    sum?.dispose();
  }
}

function* evaluate(samples: BackendSamples, weights: Float64Array): Stepwise<Evaluation> {
  const [count] = samples.targets.shape;
  const gradient = new Float64Array(weights.length);
  let total = 0;
  for (const part of rowParts(count, 2 * weights.length, samples.stepProducts)) {
    if (part[0] > 0) yield;
    const found = ofPart(samples, weights, part);
    // Summed in float64, because the line search compares values that differ by less than the error of a float32 sum.
    total = host(found.likelihoods).reduce((sum, likelihood) => sum + likelihood / count, total);
    host(found.gradient).forEach((value, i) => (gradient[i] += value));
  }
  return { value: -total, gradient };
}

/** Logarithms of the probabilities of the labels, and the gradient of the cross-entropy, of a part of the samples. */
function ofPart(
  { features, transposed, targets }: BackendSamples,
  weights: Float64Array,
  part: RowPart,
): { readonly likelihoods: Tensor; readonly gradient: Tensor } {
  const [count, classes] = targets.shape;
  return tf.tidy(() => {
    const matrix = tf.tensor2d(Float32Array.from(weights), [classes, features.shape[1]]);
    const labels = rowsAt(targets, part);
    const logProbabilities = tf.logSoftmax(tf.matMul(rowsAt(features, part), tf.transpose(matrix)));
    const residual = tf.sub<Tensor2D>(tf.exp(logProbabilities), labels);
    const gradient = tf.div(tf.transpose(tf.matMul(columnsAt(transposed, part), residual)), count);
    return { likelihoods: tf.sum(tf.mul(labels, logProbabilities), 1), gradient };
  });
}

/** The values of a tensor, which is disposed. */
function host(tensor: Tensor): Float64Array {
  const values = Float64Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}
