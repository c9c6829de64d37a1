import { token } from './token.js';
import type { Image } from './image.js';
import type { Random } from './random.js';

/** One operation on an image. Never changes its argument; may return it. Deterministic operations ignore `random`. */
export interface Augmentation {
  apply(image: Image, random: Random): Image;
  /**
   * Channels of the result for images with the given number; undefined if the operation cannot take such images. Without
   * this method the operation keeps any number of channels.
   */
  outputChannels?(inputChannels: number): number | undefined;
}
export const Augmentation = token<Augmentation>('Augmentation');
