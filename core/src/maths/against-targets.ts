import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { untracked } from '../tensor/constant.js';
import { chunkRows, inRowChunks, type RowValues } from '../tensor/row-chunks.js';
import { tf } from '../tensor/tf.js';

/** Logits of a view and, without gradient, what its target is made of; [B, K] each. */
type Pairs = readonly (readonly [view: Tensor2D, source: Tensor2D])[];

/** How some rows of a view are compared with those of its targets. */
export interface Comparison {
  /** Tensors without gradient that targets are made with. */
  readonly shared?: readonly Tensor[];
  /** Rows of a target from those of its source; by default the source is the target. */
  readonly target?: (source: Tensor2D, shared: readonly Tensor[]) => Tensor2D;
  /** Values of rows, linear in the target: that of a view with several targets is their sum. */
  readonly compare: (view: Tensor2D, target: Tensor2D) => RowValues;
}

/**
 * Mean of values over pairs and rows, and the sums of {@link RowValues}, one a view. Large matrices are computed some rows at a time,
 * one view after the other. Where all rows are computed at once, a target of several views is made once.
 */
export function againstTargets(
  pairs: Pairs,
  { shared = [], target = source => source, compare }: Comparison,
): { readonly mean: Scalar; readonly sums: readonly Tensor1D[] } {
  const views = [...new Set(pairs.map(([view]) => view))];
  const [rows, columns] = views[0].shape;
  const atOnce = chunkRows(rows, views.length * columns);
  const made = (source: Tensor2D, given: readonly Tensor[]): Tensor2D =>
    untracked((own: Tensor2D) => tf.clone(target(own, given)))(source);
  const isWhole = rows <= atOnce;
  const sources = new Map(pairs.map(([, source]) => [source, source]));
  if (isWhole) sources.forEach(source => sources.set(source, made(source, shared)));
  const results = views.map(view => {
    const constants = pairs.flatMap(([of, source]) => (of === view ? sources.get(source)! : []));
    return inRowChunks({ rows: [view], constants, shared }, atOnce, chunk =>
      compare(chunk.rows[0], sumOf(chunk.constants.map(one => (isWhole ? one : made(one, chunk.shared))))),
    );
  });
  const sum = tf.addN(results.map(({ values }) => tf.sum<Scalar>(values)));
  return { mean: tf.div(sum, pairs.length * rows), sums: results.flatMap(one => one.sum ?? []) };
}

const sumOf = (targets: readonly Tensor2D[]): Tensor2D => (targets.length === 1 ? targets[0] : tf.addN([...targets]));
