import { Augmenter } from '../contracts/augmenter.js';
import type { EvaluationControl } from '../contracts/evaluator.js';
import type { ImageSet } from '../contracts/image-set.js';
import { mapImages } from '../data/bounded-read.js';
import type { HostImages } from '../data/host-images.js';
import { packed } from '../data/host-images.js';
import { CarlError } from '../errors/carl-error.js';
import { plainBlock } from '../evaluate/plain-block.js';
import type { TrainedNetwork } from '../export/trained-network.js';

/** Maps prepared images to rows of numbers. */
export type RowsOf = (images: HostImages) => Promise<Float32Array>;

/** Rows of some images in the order of their set. */
export interface ImageRows {
  /** Index of the first image. */
  readonly from: number;
  /** Number of images. */
  readonly count: number;
  /** [count, D]. */
  readonly rows: Float32Array;
}

/** The rows of all images of a set, block by block, so that the memory needed does not grow with their number. */
export async function* imageRows(
  network: TrainedNetwork,
  {
    images,
    rowsOf,
    control,
  }: { readonly images: ImageSet; readonly rowsOf: RowsOf; readonly control: EvaluationControl },
): AsyncGenerator<ImageRows, void, undefined> {
  const augmenter = network.loaded.services.get(Augmenter);
  for (let from = 0; from < images.length;) {
    await control.progress(from, images.length);
    const block = await plainBlock({ images, augmenter }, from);
    const count = block.shape[0];
    yield { from, count, rows: await rowsOf(block) };
    from += count;
  }
  await control.progress(images.length, images.length);
}

/** The row [D] of one image. @throws CarlError INPUT_DATA if it cannot be read */
export async function rowOf(
  network: TrainedNetwork,
  { images, index }: { readonly images: ImageSet; readonly index: number },
  rowsOf: RowsOf,
): Promise<Float32Array> {
  const augmenter = network.loaded.services.get(Augmenter);
  return (await rowsOf(packed(await mapImages(images, [index], image => augmenter.plain(image))))).slice();
}

/** Divides rows [N, D] by their length, in place. @throws CarlError INPUT_WEIGHTS for features that are not finite */
export function toUnitLength(rows: Float32Array, dim: number): Float32Array {
  for (let start = 0; start < rows.length; start += dim) {
    let sum = 0;
    for (let d = start; d < start + dim; d++) sum += rows[d] * rows[d];
    if (!Number.isFinite(sum))
      throw new CarlError(
        'INPUT_WEIGHTS',
        'The encoder gives features that are NaN or infinite: its training has diverged. Use an earlier checkpoint.',
      );
    const length = Math.max(Math.sqrt(sum), 1e-12);
    for (let d = start; d < start + dim; d++) rows[d] /= length;
  }
  return rows;
}
