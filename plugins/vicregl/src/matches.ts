import { tf, untracked } from '@carl-ssl/core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** Patches of one view [B, k, E] and their partners in another view. */
export interface Matches {
  readonly own: Tensor3D;
  readonly partners: Tensor3D;
}

/**
 * The `count` patches of a view that lie nearest to a patch of the other view, each with its nearest patch there, in the order of
 * the grid. Distances are between `from` and `to`, [B, T, n] each: positions or embeddings. No gradient passes through the choice.
 */
export function matches(
  [own, other]: readonly [Tensor3D, Tensor3D],
  [from, to]: readonly [Tensor3D, Tensor3D],
  count: number,
): Matches {
  const choose = untracked((a: Tensor3D, b: Tensor3D) => chosen(a, b, count));
  const [rows, partners] = tf.unstack(choose(from, to)) as [Tensor2D, Tensor2D];
  return { own: taken(own, rows), partners: taken(other, partners) };
}

/** Rows of matching patches among the patches of all images, [2, B, k] int32: those of the view, and their partners. */
function chosen(from: Tensor3D, to: Tensor3D, count: number): Tensor3D {
  const [batch, patches] = from.shape;
  const distances = squaredDistances(from, to);
  const nearest = tf.argMin<Tensor2D>(distances, 2);
  const places = nearestPlaces(tf.min<Tensor2D>(distances, 2), count);
  const firstOf = (step: number): Tensor2D => tf.tensor2d(Int32Array.from({ length: batch }, (_, i) => i * step), [batch, 1], 'int32'); // prettier-ignore
  const rows = tf.add<Tensor2D>(places, firstOf(patches));
  const partners = tf.gather(tf.reshape<tf.Rank.R1>(nearest, [-1]), tf.reshape<tf.Rank.R1>(rows, [-1]));
  return tf.stack([rows, tf.add(tf.reshape(partners, places.shape), firstOf(to.shape[1]))]) as Tensor3D;
}

/** |a_i - b_j|^2 for all patches of an image: [B, T, n], [B, S, n] -> [B, T, S]. */
function squaredDistances(a: Tensor3D, b: Tensor3D): Tensor3D {
  const lengths = (one: Tensor3D): Tensor2D => tf.sum(tf.square(one), 2);
  const products = tf.matMul(a, b, false, true);
  return tf.add(tf.sub(tf.expandDims(lengths(a), 2), tf.mul(2, products)), tf.expandDims(lengths(b), 1));
}

/** Places of the smallest values of each row, in ascending order of the places: [B, T] -> [B, min(count, T)] int32. */
function nearestPlaces(values: Tensor2D, count: number): Tensor2D {
  const [batch, patches] = values.shape;
  if (count >= patches) return tf.tile(tf.expandDims(tf.range(0, patches, 1, 'int32'), 0), [batch, 1]);
  const { indices } = tf.topk<Tensor2D>(tf.neg(values), count);
  const ascending = tf.topk<Tensor2D>(tf.neg(tf.cast(indices, 'float32')), count).values;
  return tf.cast(tf.neg(ascending), 'int32');
}

/** [B, T, E], rows [B, k] -> [B, k, E]. */
function taken(patches: Tensor3D, rows: Tensor2D): Tensor3D {
  const [batch, total, width] = patches.shape;
  const all = tf.reshape<tf.Rank.R2>(patches, [batch * total, width]);
  const picked = tf.gather(all, tf.reshape<tf.Rank.R1>(rows, [-1]));
  return tf.reshape<tf.Rank.R3>(picked, [batch, rows.shape[1], width]);
}
