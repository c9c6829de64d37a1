import { token } from './token.js';
import type { Image } from './image.js';
import type { Random } from './random.js';

/** A view that an augmenter makes. Global views come first; only they pass through the teacher. */
export interface ViewSpec {
  readonly kind: 'global' | 'local';
  /** Pixels. */
  readonly height: number;
  readonly width: number;
}

/** The global views among all. */
export function globalViews(views: readonly ViewSpec[]): readonly ViewSpec[] {
  return views.filter(({ kind }) => kind === 'global');
}

/** Makes V views of an image. */
export interface Augmenter {
  readonly views: readonly ViewSpec[];
  /** Channels of its views for images with the given number, or undefined if it cannot take such images. */
  outputChannels(inputChannels: number): number | undefined;
  /** The views of one image, in the order of {@link views}. `randoms` has one stream per view. */
  augment(image: Image, randoms: readonly Random[]): readonly Image[];
  /** The image for evaluation: resized and normalised without randomness, in the size of the first view. */
  plain(image: Image): Image;
}
export const Augmenter = token<Augmenter>('Augmenter');
