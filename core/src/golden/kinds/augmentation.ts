import type { Image } from '../../contracts/image.js';
import { slots } from '../../contracts/slots.js';
import { stream, type RunKind } from '../bench.js';
import { packed } from '../../data/host-images.js';

/** One operation on every image of a batch [B, height, width, channels]. */
export const augmentation: RunKind = (golden, bench) => {
  const component = bench.make(slots.augmentation, { use: golden.use, ...golden.options });
  if (!component) return Promise.resolve(undefined);
  const [count, height, width, channels] = golden.inputs.images.shape;
  const size = height * width * channels;
  const images = Array.from({ length: count }, (_, i): Image => {
    const data = golden.inputs.images.data.slice(i * size, (i + 1) * size) as Float32Array;
    return component.apply({ height, width, channels, data }, stream.at('golden', i));
  });
  return Promise.resolve({ images: packed(images) });
};
