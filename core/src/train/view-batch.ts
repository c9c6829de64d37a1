import type { Augmenter } from '../contracts/augmenter.js';
import type { Collective } from '../contracts/collective.js';
import type { ImageSet } from '../contracts/image-set.js';
import type { Streams } from '../contracts/random.js';
import { mapImages } from '../data/bounded-read.js';
import { BoxTracker } from '../data/view-box.js';
import { ImageRows, type HostImages } from '../data/host-images.js';

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
  const { images, augmenter, streams } = source;
  const channels = augmenter.outputChannels(images.channels) ?? images.channels;
  const batches = augmenter.views.map(({ height, width }) => ({
    rows: new ImageRows([indices.length, height, width, channels]),
    boxes: new Float32Array(4 * indices.length),
  }));
  await mapImages(images, indices, (image, at) => {
    const randoms = batches.map((_, view) => streams.at('augment', epoch, indices[at], view));
    const trackers = batches.map(() => new BoxTracker(image));
    const drawn = trackers.map(one => one.drawn);
    const views = augmenter.augment(
      image,
      randoms,
      drawn,
      batches.map(({ rows }) => rows.at(at)),
    );
    for (const [view, { rows, boxes }] of batches.entries()) {
      rows.put(at, views[view]);
      boxes.set(trackers[view].box, 4 * at);
    }
  });
  return batches.map(({ rows, boxes }) => ({ ...rows.images, boxes }));
}
