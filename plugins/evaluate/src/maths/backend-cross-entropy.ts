import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { HostMatrix } from '@carl-ssl/core';
import type { Stepwise } from '../stepwise.js';
import type { Evaluation } from './minimize.js';
import { fit, type CrossEntropy, type Regression } from './softmax-regression.js';

/** Fits of a softmax regression with several penalties, in float32 on the active backend. */
export class ColumnRegression {
  readonly #samples: BackendSamples;
  readonly #entropy: CrossEntropy;
  #weights: Float64Array;

  constructor(private readonly regression: Omit<Regression, 'penalty'>) {
    const { features, labels, classes } = regression;
    this.#samples = upload(features, labels, classes);
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
}

function upload(features: HostMatrix, labels: Int32Array, classes: number): BackendSamples {
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
    gram: () => (gram ??= gramOf(samples)),
    noise: 1e-6,
    tolerance: 1e-4,
  };
}

function gramOf({ features, transposed }: BackendSamples): Float64Array {
  return host(tf.tidy(() => tf.div(tf.matMul(transposed, features), features.shape[0])));
}

function evaluate({ features, transposed, targets }: BackendSamples, weights: Float64Array): Evaluation {
  const [count, classes] = targets.shape;
  const results = tf.tidy(() => {
    const matrix = tf.tensor2d(Float32Array.from(weights), [classes, features.shape[1]]);
    const logProbabilities = tf.logSoftmax(tf.matMul(features, tf.transpose(matrix)));
    const residual = tf.sub<Tensor2D>(tf.exp(logProbabilities), targets);
    const gradient = tf.div(tf.transpose(tf.matMul(transposed, residual)), count);
    return { likelihoods: tf.sum(tf.mul(targets, logProbabilities), 1), gradient };
  });
  // Summed in float64, because the line search compares values that differ by less than the error of a float32 sum.
  const value = -host(results.likelihoods).reduce((sum, likelihood) => sum + likelihood / count, 0);
  return { value, gradient: host(results.gradient) };
}

/** The values of a tensor, which is disposed. */
function host(tensor: Tensor): Float64Array {
  const values = Float64Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}
