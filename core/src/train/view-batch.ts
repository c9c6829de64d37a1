import type { Augmenter } from '../contracts/augmenter.js';
import type { Collective } from '../contracts/collective.js';
import type { ImageSet } from '../contracts/image-set.js';
import type { Streams } from '../contracts/random.js';
import { mapImages } from '../data/bounded-read.js';
import { BoxTracker } from '../data/view-box.js';
import { packed, type HostImages } from '../data/host-images.js';

/** Images and the augmenter that makes their views. */
export interface ViewSource {
  readonly images: ImageSet;
  readonly augmenter: Augmenter;
  readonly streams: Streams;
}

/** Order in which an epoch visits the images. */
export function orderOf(epoch: number, { images, streams }: Pick<ViewSource, 'images' | 'streams'>): Int32Array {
  return streams.at('order', epoch).permutation(images.length);
}

/** The part of a global batch of N images that a worker computes: positions rank * N / size to (rank + 1) * N / size. */
export function workerShare(
  globalImages: readonly number[],
  { rank, size }: Pick<Collective, 'rank' | 'size'>,
): readonly number[] {
  const share = globalImages.length / size;
  return globalImages.slice(rank * share, (rank + 1) * share);
}

/** All views of a batch, one entry a view. Random choices depend on seed, epoch, image and view alone, not on the worker. */
export async function makeViews(
  source: ViewSource,
  epoch: number,
  indices: readonly number[],
): Promise<readonly HostImages[]> {
  const perImage = await mapImages(source.images, indices, (image, at) => {
    const randoms = source.augmenter.views.map((_, view) => source.streams.at('augment', epoch, indices[at], view));
    const trackers = randoms.map(() => new BoxTracker(image));
    const views = source.augmenter.augment(
      image,
      randoms,
      trackers.map(({ drawn }) => drawn),
    );
    return views.map((pixels, view) => ({ pixels, box: trackers[view].box }));
  });
  return source.augmenter.views.map((_, view) => ({
    ...packed(perImage.map(views => views[view].pixels)),
    boxes: Float32Array.from(perImage.flatMap(views => views[view].box)),
  }));
}
