import { token } from './token.js';
import type { Drawn } from './drawn.js';
import type { Image, StoredImage } from './image.js';
import type { Random } from './random.js';

/** A view that an augmenter makes. Global views come first; only they pass through the teacher. */
export interface ViewSpec {
  readonly kind: 'global' | 'local';
  /** Pixels. */
  readonly height: number;
  readonly width: number;
}

/** Selects the global views. */
export function globalViews(views: readonly ViewSpec[]): readonly ViewSpec[] {
  return views.filter(({ kind }) => kind === 'global');
}

/** Steps by which {@link Augmenter.plain} prepares an image, in this order, for descriptions of exported encoders. */
export interface Preparation {
  /** Pixels of the shorter side after resizing; `cover`: the smallest size that covers the crop. */
  readonly resize: number | 'cover';
  readonly interpolation: 'nearest' | 'bilinear' | 'bicubic';
  readonly antialias: boolean;
  /** Height and width of the centre that is cropped. */
  readonly crop: readonly [height: number, width: number];
  /** For images in [0, 1]: (x - mean) / std, with one number for all channels or one for each. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * Makes V views of an image. Images are as stored, usually bytes; views are floats. `floatImage` converts a byte b to b
 * / 255. An image of bytes gives the same views as its conversion to floats.
 */
export interface Augmenter {
  readonly views: readonly ViewSpec[];
  /** Number of channels of the views for images with `inputChannels` channels; undefined if the augmenter cannot take such images. */
  outputChannels(inputChannels: number): number | undefined;
  /** Explains why the augmenter cannot take images with the given channels, and what to change; undefined if unknown. */
  refusal?(inputChannels: number): string | undefined;
  /**
   * Makes the views of one image, in the order of {@link views}. `randoms` has one stream per view.
   * @param drawn receives the random choices, one function per view, if someone reads them
   * @param into arrays of the size of the views, where the augmenter may write them to save a copy; such a view has the array as its
   *   `data`
   */
  augment(
    image: StoredImage,
    randoms: readonly Random[],
    drawn?: readonly Drawn[],
    into?: readonly Float32Array[],
  ): readonly Image[];
  /** Prepares an image for evaluation: resized to the first view and normalised, without randomness. */
  plain(image: StoredImage): Image;
  /** Describes {@link plain}. Without it, exported encoders take images that are already normalised. */
  readonly preparation?: Preparation;
}
export const Augmenter = token<Augmenter>('Augmenter');
