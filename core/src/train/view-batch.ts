import * as tf from '@tensorflow/tfjs';
import type { Tensor4D } from '@tensorflow/tfjs';
import type { Augmenter } from '../contracts/augmenter.js';
import type { ImageSet } from '../contracts/dataset.js';
import type { Image } from '../contracts/image.js';
import { CarlError } from '../errors.js';
import type { Streams } from '../tensor/random.js';

/** Images of one shape on the host: [B, height, width, channels] row by row. */
export interface HostImages {
  readonly shape: readonly [number, number, number, number];
  readonly data: Float32Array;
}

export interface ViewSource {
  readonly images: ImageSet;
  readonly augmenter: Augmenter;
  readonly streams: Streams;
}

/** The order in which an epoch visits the images. */
export function orderOf(epoch: number, { images, streams }: Pick<ViewSource, 'images' | 'streams'>): Int32Array {
  return streams.at('order', epoch).permutation(images.length);
}

/** All views of a batch, one entry a view. What is drawn depends on seed, epoch, image and view alone. */
export async function makeViews(
  source: ViewSource,
  epoch: number,
  indices: readonly number[],
): Promise<readonly HostImages[]> {
  const images = await source.images.read(indices);
  const perImage = images.map((image, at) => {
    const randoms = source.augmenter.views.map((_, view) => source.streams.at('augment', epoch, indices[at], view));
    return source.augmenter.augment(image, randoms);
  });
  return source.augmenter.views.map((_, view) => packed(perImage.map(views => views[view])));
}

/** Puts images of one shape behind each other. @throws CarlError PLUGIN_CONTRACT if shapes differ */
export function packed(images: readonly Image[]): HostImages {
  const [{ height, width, channels }] = images;
  const size = height * width * channels;
  const data = new Float32Array(images.length * size);
  images.forEach((image, i) => {
    if (image.height !== height || image.width !== width || image.channels !== channels)
      throw new CarlError(
        'PLUGIN_CONTRACT',
        `views of one batch differ in shape: [${[height, width, channels].join()}] and [${[image.height, image.width, image.channels].join()}]`,
      );
    data.set(image.data, i * size);
  });
  return { shape: [images.length, height, width, channels], data };
}

export function toTensor({ shape, data }: HostImages): Tensor4D {
  return tf.tensor4d(data, [...shape]);
}
