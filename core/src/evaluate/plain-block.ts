import type { Augmenter } from '../contracts/augmenter.js';
import type { ImageSet } from '../contracts/image-set.js';
import { mapImages } from '../data/bounded-read.js';
import { packed, type HostImages } from '../data/host-images.js';

/** Images that go through the encoder at once: at most 200, fewer of large ones, so that a block takes about a second. */
const BLOCK_IMAGES = 200;
const BLOCK_VALUES = 2_500_000;

/** Number of images of this size that go through an encoder at once in evaluation mode. */
export function blockLength([height, width, channels]: readonly [number, number, number]): number {
  return Math.max(1, Math.min(BLOCK_IMAGES, Math.floor(BLOCK_VALUES / (height * width * channels))));
}

/** The block of a set that starts at image `from`, prepared for evaluation without randomness; shorter at the end of the set. */
export async function plainBlock(
  { images, augmenter }: { readonly images: ImageSet; readonly augmenter: Augmenter },
  from: number,
): Promise<HostImages> {
  const [{ height, width }] = augmenter.views;
  const channels = augmenter.outputChannels(images.channels) ?? images.channels;
  const length = Math.min(blockLength([height, width, channels]), images.length - from);
  const places = Array.from({ length }, (_, i) => from + i);
  return packed(await mapImages(images, places, image => augmenter.plain(image)));
}
