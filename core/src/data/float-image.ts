import type { Image, StoredImage } from '../contracts/image.js';

/** Float value of each byte. */
const UNIT = Float32Array.from({ length: 256 }, (_, level) => level / 255);

/** Converts a stored image to float32 values in [0, 1]: byte / 255. Returns an image of floats unchanged. */
export function floatImage(image: StoredImage): Image {
  if (hasFloats(image)) return image;
  const { height, width, channels, data: levels } = image;
  const data = new Float32Array(levels.length);
  for (let i = 0; i < data.length; i++) data[i] = UNIT[levels[i]];
  return { height, width, channels, data };
}

function hasFloats(image: StoredImage): image is Image {
  return image.data instanceof Float32Array;
}
