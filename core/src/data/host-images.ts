import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Image } from '../contracts/image.js';
import { CarlError } from '../errors/carl-error.js';
import { tf } from '../tensor/tf.js';

/** Images of one shape on the host: [B, height, width, channels] row by row. */
export interface HostImages {
  readonly shape: readonly [number, number, number, number];
  readonly data: Float32Array;
  /** [B, 4], where each image lies in its stored image; as `ViewBox`. */
  readonly boxes?: Float32Array;
}

/** Images of one shape that are put one after another. */
export class ImageRows {
  readonly images: HostImages;
  readonly #size: number;

  constructor(shape: HostImages['shape']) {
    const [count, height, width, channels] = shape;
    this.#size = height * width * channels;
    this.images = { shape, data: new Float32Array(count * this.#size) };
  }

  /** Values of an image. */
  at(index: number): Float32Array {
    return this.images.data.subarray(index * this.#size, (index + 1) * this.#size);
  }

  /** Copies an image to its place, unless its values are there. @throws CarlError PLUGIN_CONTRACT if it has another shape */
  put(index: number, { height, width, channels, data }: Image): void {
    const shape = [height, width, channels].join();
    const wanted = this.images.shape.slice(1).join();
    if (shape !== wanted)
      throw new CarlError('PLUGIN_CONTRACT', `views of one batch differ in shape: [${wanted}] and [${shape}]`);
    const isThere =
      data.buffer === this.images.data.buffer &&
      data.byteOffset === Float32Array.BYTES_PER_ELEMENT * index * this.#size;
    if (!isThere) this.images.data.set(data, index * this.#size);
  }
}

/** Concatenates images of one shape. @throws CarlError PLUGIN_CONTRACT if shapes differ */
export function packed(images: readonly Image[]): HostImages {
  const [{ height, width, channels }] = images;
  const rows = new ImageRows([images.length, height, width, channels]);
  images.forEach((image, i) => {
    rows.put(i, image);
  });
  return rows.images;
}

/** Copies images to the device; the tensor belongs to the caller. */
export function toTensor({ shape, data }: HostImages): Tensor4D {
  return tf.tensor4d(data, [...shape]);
}
