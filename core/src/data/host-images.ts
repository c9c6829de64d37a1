import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Image } from '../contracts/image.js';
import { CarlError } from '../errors/carl-error.js';

/** Images of one shape on the host: [B, height, width, channels] row by row. */
export interface HostImages {
  readonly shape: readonly [number, number, number, number];
  readonly data: Float32Array;
  /** [B, 4], where each image lies in its stored image; as `ViewBox`. */
  readonly boxes?: Float32Array;
}

/** Concatenates images of one shape. @throws CarlError PLUGIN_CONTRACT if shapes differ */
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

/** Copies images to the device; the tensor belongs to the caller. */
export function toTensor({ shape, data }: HostImages): Tensor4D {
  return tf.tensor4d(data, [...shape]);
}
