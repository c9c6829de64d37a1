import { CarlError, openShared, shareable, type ImageSet, type SharedImages, type StoredImage } from '@carl-ssl/core';
import { derived } from './derived.js';

/** Weights of red, green and blue in luma by ITU-R BT.601, in 16-bit fixed point; their sum is 2^16. */
const [RED, GREEN, BLUE] = [19_595, 38_470, 7471];

/** A set whose images have another number of channels. @throws CarlError INPUT_DATA if they are neither grey nor RGB */
export function converted(images: ImageSet, channels: 1 | 3): ImageSet {
  if (images.channels === channels) return images;
  if (images.channels !== 1 && images.channels !== 3)
    throw new CarlError(
      'INPUT_DATA',
      `The reader \`channels\` converts images of 1 or 3 channels, and these have ${images.channels}.`,
    );
  const convert = channels === 1 ? grey : rgb;
  const { labels, multiLabels, classes } = images;
  const changed = derived(images, ['channels', channels], {
    channels,
    ...(labels && { labels }),
    ...(multiLabels && { multiLabels }),
    ...(classes && { classes }),
    read: async indices => (await images.read(indices)).map(convert),
  });
  if (!images.share) return changed;
  return shareable(changed, sharers => {
    const content: SharedConversion = { images: images.share!(sharers), channels };
    return { module: import.meta.url, content };
  });
}

interface SharedConversion {
  readonly images: SharedImages;
  readonly channels: 1 | 3;
}

/** Rebuilds a set that another thread shares. @public */
export async function fromShared({ images, channels }: SharedConversion): Promise<ImageSet> {
  return converted(await openShared(images), channels);
}

/** An array of the same kind. */
function alike<T extends Uint8Array | Float32Array>(data: T, length: number): T {
  return (data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)) as T;
}

/** Luma; levels are rounded as an image reader with `channels: 1` rounds them. */
function grey({ height, width, data: from }: StoredImage): StoredImage {
  const data = alike(from, height * width);
  const half = from instanceof Uint8Array ? 2 ** 15 : 0;
  for (let i = 0; i < data.length; i++)
    data[i] = (RED * from[3 * i] + GREEN * from[3 * i + 1] + BLUE * from[3 * i + 2] + half) / 2 ** 16;
  return { height, width, channels: 1, data };
}

/** The same level in all channels. */
function rgb({ height, width, data: from }: StoredImage): StoredImage {
  const data = alike(from, 3 * height * width);
  for (let i = 0; i < from.length; i++) data.fill(from[i], 3 * i, 3 * i + 3);
  return { height, width, channels: 3, data };
}
