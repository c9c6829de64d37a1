import {
  comparedAtOnce,
  inChunks,
  oneHot,
  tf,
  type Collective,
  type ObjectiveMatrices,
  type ObjectiveSize,
} from '@carl-ssl/core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** Unit embeddings of some images of this worker. */
export interface Compared {
  /** [R, D]. */
  readonly rows: Tensor2D;
  /** Those of the batch of all workers, [N, D]. */
  readonly all: Tensor2D;
  /** Where the rows are among all of them, one-hot [R, N]. */
  readonly own: Tensor2D;
}

/** Values [B] of the images of this worker, each from a comparison with all N images; large batches some rows at a time. */
export function comparedWithAll(
  view: Tensor2D,
  collective: Collective,
  valuesOf: (compared: Compared) => Tensor1D,
): Tensor1D {
  const [all] = collective.allGather([view]);
  const [batch, samples] = [view.shape[0], all.shape[0]];
  const chunks = { rows: batch, atOnce: comparedAtOnce(samples) };
  const first = collective.rank * batch;
  return inChunks([view, all], chunks, ([views, others], { begin, end }) => {
    const rows = end - begin < batch ? tf.slice(views, [begin, 0], [end - begin, -1]) : views;
    const own = oneHot(tf.range(first + begin, first + end, 1, 'int32'), samples);
    return valuesOf({ rows, all: others, own });
  });
}

/** So many matrices [N, N] for each view; of a large batch, those of one chunk. */
export function comparisonMatrices({ batchSize, views }: ObjectiveSize, perView: number): readonly ObjectiveMatrices[] {
  const atOnce = comparedAtOnce(batchSize);
  if (batchSize <= atOnce) return [{ rows: batchSize, columns: batchSize, count: perView * views }];
  return [{ rows: atOnce, columns: batchSize, count: perView }];
}
