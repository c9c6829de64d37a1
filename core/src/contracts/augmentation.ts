import { token } from './token.js';
import type { Drawn } from './drawn.js';
import type { Image } from './image.js';
import type { Random } from './random.js';

/** One operation on an image. Never changes its argument; may return it. Deterministic operations ignore `random`. */
export interface Augmentation {
  /** @param drawn receives the random choices, if someone reads them; it does not affect the result */
  apply(image: Image, random: Random, drawn?: Drawn): Image;
  /**
   * Number of channels of the result for images with `inputChannels` channels; undefined if the operation cannot take
   * such images. An operation without this method takes any number of channels and does not change it.
   */
  outputChannels?(inputChannels: number): number | undefined;
}
export const Augmentation = token<Augmentation>('Augmentation');
