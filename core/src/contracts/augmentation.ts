import { token } from './token.js';
import type { Image } from './image.js';
import type { Random } from '../tensor/random.js';

/** One operation on an image. Never changes its argument; may return it. Deterministic operations ignore `random`. */
export interface Augmentation {
  apply(image: Image, random: Random): Image;
}
export const Augmentation = token<Augmentation>('Augmentation');
