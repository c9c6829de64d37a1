import { normalizeRows, tf, withGradient, type Collective, type Random } from '@carl-ssl/core';
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** Where characteristic functions are compared: at `points` values from 0 to `range`, of which 0 never differs. */
export interface Integration {
  readonly points: number;
  readonly range: number;
}

/** Draws unit vectors uniformly from the sphere, [M, D]. */
export function drawDirections(count: number, width: number, random: Random): Tensor2D {
  const values = Float32Array.from({ length: count * width }, () => random.normal());
  return normalizeRows(tf.tensor2d(values, [count, width]));
}

/**
 * Sketched isotropic Gaussian regularisation: the mean over directions of the Epps-Pulley statistic of the projected
 * embeddings against N(0, 1),
 *
 *     N integral |E exp(i t x) - exp(-t^2 / 2)|^2 exp(-t^2 / 2) dt,
 *
 * by the trapezoidal rule over [-range, range]. [B, D], directions [M, D] -> scalar, over the batch of all workers. The
 * integrand is even, so points above 0 count twice.
 * @see arXiv 2511.08544, section 4
 */
export function sigreg(
  embeddings: Tensor2D,
  directions: Tensor2D,
  { points, range }: Integration,
  collective: Collective,
): Scalar {
  const { places, gaussian, weights } = quadrature({ points, range });
  const projected = tf.matMul<Tensor2D>(embeddings, directions, false, true);
  const [characteristic] = collective.allReduceMean([characteristicAt(places)(projected)]);
  const column = (real: readonly number[], imaginary: readonly number[]) =>
    tf.tensor2d([...real, ...imaginary], [2 * places.length, 1]);
  const errors = tf.squaredDifference(
    characteristic,
    column(
      gaussian,
      places.map(() => 0),
    ),
  );
  const perDirection = tf.sum(tf.mul(errors, column(weights, weights)), 0);
  return tf.mul<Scalar>(tf.mean(perDirection), embeddings.shape[0] * collective.size);
}

/** The statistic for N equal embeddings of length 0. */
export function sigregOfZeros(count: number, integration: Integration): number {
  const { gaussian, weights } = quadrature(integration);
  return count * gaussian.reduce((sum, phi, k) => sum + weights[k] * (1 - phi) ** 2, 0);
}

/** Places t > 0, exp(-t^2 / 2) there, and the weights of the squared errors. */
function quadrature({ points, range }: Integration) {
  const width = range / (points - 1);
  const places = Array.from({ length: points - 1 }, (_, k) => (k + 1) * width);
  const gaussian = places.map(t => Math.exp(-(t ** 2) / 2));
  const weights = gaussian.map((phi, k) => (k === points - 2 ? width : 2 * width) * phi);
  return { places, gaussian, weights };
}

/**
 * The empirical characteristic function of each column: [B, M] -> [2 T, M], mean cosines and then mean sines at T
 * places. The angles [T, B, M] are computed again for the gradient and not kept for it.
 */
function characteristicAt(places: readonly number[]): (projected: Tensor2D) => Tensor2D {
  const anglesOf = (projected: Tensor) => tf.mul<Tensor3D>(projected, tf.tensor3d([...places], [places.length, 1, 1]));
  return withGradient((projected: Tensor2D) => {
    const angles = anglesOf(projected);
    const value = tf.concat<Tensor2D>([tf.mean(tf.cos(angles), 1), tf.mean(tf.sin(angles), 1)]);
    return { value, saved: [projected], gradient: (dy, [saved]) => [backward(dy, anglesOf(saved), places)] };
  });
}

function backward(dy: Tensor2D, angles: Tensor3D, places: readonly number[]): Tensor2D {
  const [count, batch, directions] = angles.shape;
  const [cosines, sines] = tf.split(tf.reshape(dy, [2 * count, 1, directions]), 2);
  const slopes = tf.sub(tf.mul(tf.cos(angles), sines), tf.mul(tf.sin(angles), cosines));
  const scale = places.map(t => t / batch);
  return tf.sum<Tensor2D>(tf.mul(slopes, tf.tensor3d(scale, [count, 1, 1])), 0);
}
