import {
  CarlError,
  counted,
  mapImages,
  packed,
  plainBlock,
  type Augmenter,
  type FrozenEncoder,
  type HostImages,
  type ImageSet,
  type Random,
} from '@carl-ssl/core';

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
  const views = await mapImages(images, places, (image, i) => {
    const randoms = augmenter.views.map((_, view) => randomOf(places[i], view));
    return augmenter.augment(image, randoms)[0];
  });
  return packed(views);
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
): AsyncGenerator<PlainBlock, void, undefined> {
  for (let from = 0; from < images.length;) {
    const batch = await plainBlock({ images, augmenter }, from);
    yield { from, batch };
    from += batch.shape[0];
  }
}

/** Rows `from` up to `to` of a batch; borrowed. */
export function part({ shape: [, ...size], data }: HostImages, from: number, to: number): HostImages {
  const values = size[0] * size[1] * size[2];
  return { shape: [to - from, ...size], data: data.subarray(from * values, to * values) };
}

/** @throws CarlError INPUT_PIPELINE if the views of an evaluator's own augmenter have another number of channels than the encoder takes */
export function checkChannels(augmenter: Augmenter, images: ImageSet, [, , channels]: FrozenEncoder['image']): void {
  const own = augmenter.outputChannels(images.channels);
  if (own === channels) return;
  throw new CarlError(
    'INPUT_PIPELINE',
    `The encoder takes images of ${counted(channels, 'channel')}, and the evaluator's \`augmenter\` makes ${own ?? 'none'} of ${images.channels}. Change its steps, its \`mean\` and its \`std\`.`,
  );
}
