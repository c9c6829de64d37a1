import { token } from './token.js';
import type { Image } from './image.js';

/** An ordered set of images, with labels or without. */
export interface ImageSet {
  readonly length: number;
  /** Class of every image, from 0; undefined for unlabelled images. */
  readonly labels?: Int32Array;
  /** Class names in the order of the labels, if known. */
  readonly classes?: readonly string[];
  /** Number of channels of every image. */
  readonly channels: number;
  /** Height and width if all images share them. */
  readonly size?: readonly [height: number, width: number];
  /** The images at these places, in this order. @throws CarlError INPUT_DATA naming the file */
  read(indices: readonly number[]): Promise<readonly Image[]>;
  /** SHA-256 over everything that decides the images, their order and labels, as hex. */
  fingerprint(): Promise<string>;
}

/** Files of one format -> one set of images: the golden kind `reader`. */
export interface Reader {
  read(): Promise<ImageSet>;
}
export const Reader = token<Reader>('Reader');

export type SplitName = 'train' | 'validation' | 'test';

/** A dataset with its splits. Choices (checkpoint, hyper-parameters) use `validation`; `test` is only reported. */
export interface Dataset {
  /** Number of classes, or undefined without labels. Where only the files tell it, it is known once `train` was read. */
  readonly classCount?: number;
  /** The split, or undefined if there is none. Reads files at the first call; the same object afterwards. */
  split(name: SplitName): Promise<ImageSet | undefined>;
}
export const Dataset = token<Dataset>('Dataset');
