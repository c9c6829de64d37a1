import { createHash } from 'node:crypto';
import type { ImageSet } from '../contracts/dataset.js';
import type { Image } from '../contracts/image.js';
import { once } from './once.js';

/** Images of one size as bytes, with what is known of them. */
export interface Pixels {
  /** [length, height, width, channels], row by row. */
  readonly bytes: Uint8Array;
  readonly size: readonly [height: number, width: number];
  readonly channels: number;
  readonly labels?: Int32Array;
  readonly classes?: readonly string[];
}

const unit = Float32Array.from({ length: 256 }, (_, level) => level / 255);

/** An image of bytes, [height, width, channels], as levels / 255. */
export function imageOfBytes(
  bytes: Uint8Array,
  size: readonly [height: number, width: number],
  channels: number,
): Image {
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < data.length; i++) data[i] = unit[bytes[i]];
  return { height: size[0], width: size[1], channels, data };
}

/** A set of images held in memory, one byte a value; floats are made when images are read. */
export function pixelImages(pixels: Pixels): ImageSet {
  const { bytes, size, channels, labels, classes } = pixels;
  const stride = size[0] * size[1] * channels;
  const length = bytes.length / stride;
  const at = (index: number): Image => {
    if (!(index >= 0 && index < length)) throw new RangeError(`Image ${index} of a set of ${length}`);
    return imageOfBytes(bytes.subarray(index * stride, (index + 1) * stride), size, channels);
  };
  const digest = once(() => Promise.resolve(digestOf(pixels)));
  return { length, labels, classes, channels, size, read: async indices => indices.map(at), fingerprint: digest };
}

function digestOf({ bytes, size, channels, labels, classes }: Pixels): string {
  const hash = createHash('sha256').update(JSON.stringify({ size, channels, classes, labelled: labels !== undefined }));
  hash.update(bytes);
  if (labels) hash.update(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
  return hash.digest('hex');
}
