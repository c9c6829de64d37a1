import { token } from './token.js';
import type { Image } from './image.js';
import type { Random } from './random.js';

/** A view an augmenter makes. Global views come first; a teacher sees only these. */
export interface ViewSpec {
  readonly kind: 'global' | 'local';
  /** Pixels. */
  readonly height: number;
  readonly width: number;
}

/** Makes V views of an image. */
export interface Augmenter {
  readonly views: readonly ViewSpec[];
  /** Channels of its views for images with the given number, or undefined if it cannot take such images. */
  outputChannels(inputChannels: number): number | undefined;
  /** The views of one image, in the order of {@link views}. `randoms` has one stream per view. */
  augment(image: Image, randoms: readonly Random[]): readonly Image[];
  /** The image as an evaluator sees it: resized and normalised, nothing random; the size of the first view. */
  plain(image: Image): Image;
}
export const Augmenter = token<Augmenter>('Augmenter');
