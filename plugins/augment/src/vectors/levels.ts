import { floatImage, type Image, type StoredImage } from '@carl-ssl/core';

const levels = new WeakMap<Image, Uint8Array>();

/** A stored image as an image of floats. Bytes are converted when `data` is read; a vector kernel reads the bytes instead. */
export function lazyFloats(stored: StoredImage): Image {
  if (!(stored.data instanceof Uint8Array)) return floatImage(stored);
  const { height, width, channels } = stored;
  let data: Float32Array | undefined;
  const image: Image = {
    height,
    width,
    channels,
    get data() {
      return (data ??= floatImage(stored).data);
    },
  };
  levels.set(image, stored.data);
  return image;
}

/** Bytes that an image of {@link lazyFloats} is made of; undefined for other images. */
export function levelsOf(image: Image): Uint8Array | undefined {
  return levels.get(image);
}
