import {
  CarlError,
  packed,
  type Augmenter,
  type FrozenEncoder,
  type HostImages,
  type ImageSet,
  type Random,
} from '@carl-ssl/core';

/** Images that go through an encoder at once in evaluation mode: at most 200, fewer of large ones. */
const BLOCK_IMAGES = 200;
const BLOCK_VALUES = 2_500_000;

/** Number of batches of an epoch. */
export function batchCount(images: number, batchSize: number): number {
  return Math.ceil(images / batchSize);
}

/** Divides the images of an epoch into batches of at most `batchSize`, whose sizes differ by at most one. */
export function batchesOf(order: readonly number[], batchSize: number): readonly (readonly number[])[] {
  const count = batchCount(order.length, batchSize);
  const start = (batch: number): number => Math.floor((batch * order.length) / count);
  return Array.from({ length: count }, (_, batch) => order.slice(start(batch), start(batch + 1)));
}

/** The first view of the images at these places. `randomOf` gives the stream of a view of an image. */
export async function trainingViews(
  { images, augmenter }: { readonly images: ImageSet; readonly augmenter: Augmenter },
  places: readonly number[],
  randomOf: (place: number, view: number) => Random,
): Promise<HostImages> {
  const stored = await images.read(places);
  return packed(
    stored.map((image, i) => {
      const randoms = augmenter.views.map((_, view) => randomOf(places[i], view));
      return augmenter.augment(image, randoms)[0];
    }),
  );
}

/** Images of a split as evaluators see them. */
export interface PlainBlock {
  /** Place of the first image. */
  readonly from: number;
  readonly batch: HostImages;
}

/** All images of a set, prepared for evaluation without randomness. */
export async function* plainBlocks(
  images: ImageSet,
  augmenter: Augmenter,
  size: FrozenEncoder['image'],
): AsyncGenerator<PlainBlock, void, undefined> {
  const height = blockLength(size);
  for (let from = 0; from < images.length; from += height) {
    const places = Array.from({ length: Math.min(height, images.length - from) }, (_, i) => from + i);
    const batch = packed((await images.read(places)).map(image => augmenter.plain(image)));
    yield { from, batch };
  }
}

/** Rows `from` up to `to` of a batch; borrowed. */
export function part({ shape: [, ...size], data }: HostImages, from: number, to: number): HostImages {
  const values = size[0] * size[1] * size[2];
  return { shape: [to - from, ...size], data: data.subarray(from * values, to * values) };
}

/** Images of that size that go through an encoder at once. */
export function blockLength([height, width, channels]: FrozenEncoder['image']): number {
  return Math.max(1, Math.min(BLOCK_IMAGES, Math.floor(BLOCK_VALUES / (height * width * channels))));
}

/** @throws CarlError INPUT_PIPELINE if the views of an evaluator's own augmenter have another number of channels than the encoder takes */
export function checkChannels(augmenter: Augmenter, images: ImageSet, [, , channels]: FrozenEncoder['image']): void {
  const own = augmenter.outputChannels(images.channels);
  if (own === channels) return;
  throw new CarlError(
    'INPUT_PIPELINE',
    `The encoder takes images of ${channels} channels, and the evaluator's \`augmenter\` makes ${own ?? 'none'} of ${images.channels}. Change its steps, its \`mean\` and its \`std\`.`,
  );
}
