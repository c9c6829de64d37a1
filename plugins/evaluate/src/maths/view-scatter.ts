import { tf, type HostMatrix } from '@carl-ssl/core';
import type { Stepwise } from '../stepwise.js';
import { choleskySteps, forward } from './cholesky.js';

/** Collects the scatter of views around the mean of their image, and these means. */
export class ViewScatter {
  /** Sum over images and views of (e - mean)(e - mean)^T [D, D]. */
  readonly #within: Float64Array;
  /** Mean of the views of each image [n, D]. */
  readonly #means: Float64Array;
  #views = 0;

  constructor(
    private readonly images: number,
    private readonly dim: number,
  ) {
    this.#within = new Float64Array(dim * dim);
    this.#means = new Float64Array(images * dim);
  }

  /** Adds the features [q, D] of the views of an image. */
  add(image: number, data: Float32Array): void {
    const { dim } = this;
    const views = data.length / dim;
    const mean = this.#means.subarray(image * dim, (image + 1) * dim);
    data.forEach((value, i) => (mean[i % dim] += value / views));
    const centred = data.map((value, i) => value - mean[i % dim]);
    const product = tf.tidy(() => {
      const rows = tf.tensor2d(centred, [views, dim]);
      return tf.matMul(rows, rows, true);
    });
    product.dataSync<'float32'>().forEach((value, i) => (this.#within[i] += value));
    product.dispose();
    this.#views += views;
  }

  /**
   * Centred means [n, D] in coordinates in which the covariance of views, plus delta times the identity, is the identity. Their Gram
   * matrix over n has the eigenvalues of the LDA matrix Sigma_w^-1/2 Sigma_b Sigma_w^-1/2. Yields after every row.
   */
  *whitened(delta: number): Stepwise<HostMatrix> {
    const { dim, images } = this;
    const covariance = this.#within.map(value => value / this.#views);
    for (let i = 0; i < dim; i++) covariance[i * dim + i] += delta;
    yield* choleskySteps(covariance, dim);
    const centre = new Float64Array(dim);
    this.#means.forEach((value, i) => (centre[i % dim] += value / images));
    const data = this.#means.map((value, i) => value - centre[i % dim]);
    for (let image = 0; image < images; image++) {
      forward(covariance, data.subarray(image * dim, (image + 1) * dim));
      yield;
    }
    return { data, rows: images, columns: dim };
  }
}
