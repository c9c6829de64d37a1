import { token } from './token.js';
import type { Image } from './image.js';
import type { Random } from './random.js';

/** One operation on an image. Never changes its argument; may return it. Deterministic operations ignore `random`. */
export interface Augmentation {
  apply(image: Image, random: Random): Image;
  /** Channels of its result for images with the given number, or undefined if it cannot take such images. Absent: it keeps any number. */
  outputChannels?(inputChannels: number): number | undefined;
}
export const Augmentation = token<Augmentation>('Augmentation');
