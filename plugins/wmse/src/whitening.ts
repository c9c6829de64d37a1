import { tf, withGradient } from '@carl-ssl/core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** The smallest pivot of a correlation matrix that is not taken for rounding. */
const SMALLEST = 1e-6;

/**
 * Whitens rows [n, D]: zero mean and, for epsilon 0, a covariance of I (over n - 1). The rows' covariance, shrunk to
 * (1 - epsilon) C + epsilon I = L L^T, gives z = L^-1 (x - mean). The gradient goes through mean and covariance.
 * @see arXiv 2007.06346, section 3
 */
export function whitened(rows: Tensor2D, epsilon: number): Tensor2D {
  const [count, width] = rows.shape;
  const centred = tf.sub<Tensor2D>(rows, tf.mean(rows, 0));
  const covariance = tf.div<Tensor2D>(tf.matMul(centred, centred, true), Math.max(1, count - 1));
  const shrunk = tf.add<Tensor2D>(tf.mul(covariance, 1 - epsilon), tf.mul(tf.eye(width), epsilon));
  return tf.matMul(centred, inverseFactor(shrunk), false, true);
}

/**
 * L^-1 of a symmetric positive definite matrix A = L L^T (Cholesky), [D, D]. With W = L^-1 and P the lower triangle of
 * -dW W^T with half its diagonal, dA = (W^T P W + its transpose) / 2, so that the gradient needs W alone.
 * @see arXiv 1602.07527, for the gradient of the factor
 */
const inverseFactor = withGradient((matrix: Tensor2D) => {
  const scale = tf.rsqrt<Tensor1D>(tf.sum(tf.mul(matrix, tf.eye(matrix.shape[0])), 0));
  // The correlations have the same factor, scaled, and their pivots lie in (0, 1].
  const correlations = tf.mul<Tensor2D>(tf.mul(matrix, scale), tf.expandDims(scale, 1));
  const value = tf.mul<Tensor2D>(factorOf(correlations), scale);
  return { value, saved: [value], gradient: (dy, [saved]) => [backward(dy, saved as Tensor2D)] };
});

/** By halves: with A = [[A1, .], [B, A2]], L = [[L1, 0], [Y, L2]], Y = B L1^-T and L2 that of A2 - Y Y^T. */
function factorOf(matrix: Tensor2D): Tensor2D {
  const width = matrix.shape[0];
  if (width === 1) return tf.rsqrt(tf.maximum(matrix, SMALLEST));
  const half = width >> 1;
  const rest = width - half;
  const first = factorOf(tf.slice(matrix, [0, 0], [half, half]));
  const between = tf.matMul<Tensor2D>(tf.slice(matrix, [half, 0], [rest, half]), first, false, true);
  const remaining = tf.slice(matrix, [half, half], [rest, rest]);
  const second = factorOf(tf.sub(remaining, tf.matMul(between, between, false, true)));
  const corner = tf.neg<Tensor2D>(tf.matMul(second, tf.matMul<Tensor2D>(between, first)));
  return tf.concat([tf.concat([first, tf.zeros<tf.Rank.R2>([half, rest])], 1), tf.concat([corner, second], 1)]);
}

function backward(dy: Tensor2D, factor: Tensor2D): Tensor2D {
  const product = tf.neg<Tensor2D>(tf.matMul(dy, factor, false, true));
  const lower = tf.mul<Tensor2D>(product, lowerHalf(factor.shape[0]));
  const one = tf.matMul<Tensor2D>(tf.matMul<Tensor2D>(factor, lower, true), factor);
  return tf.div(tf.add<Tensor2D>(one, tf.transpose(one)), 2);
}

/** 1 below the diagonal, 1/2 on it, 0 above. */
function lowerHalf(width: number): Tensor2D {
  const at = (index: number) => Math.sign(Math.floor(index / width) - (index % width));
  return tf.tensor2d(
    Float32Array.from({ length: width * width }, (_, i) => (1 + at(i)) / 2),
    [width, width],
  );
}
