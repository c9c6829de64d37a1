import type { StoredImage } from './image.js';

/** An ordered set of images, with or without labels. */
export interface ImageSet {
  readonly length: number;
  /** Class of each image, counted from 0; undefined for unlabelled images. */
  readonly labels?: Int32Array;
  /**
   * Classes of images that may have several, [N, K]: 1 for a class of the image, 0 for another, -1 where it is undecided,
   * as for "difficult" objects of PASCAL VOC. Such a set has no `labels`, and K `classes`.
   */
  readonly multiLabels?: Int8Array;
  /** Class names in the order of the labels, if known. */
  readonly classes?: readonly string[];
  /** Number of channels of every image. */
  readonly channels: number;
  /** Height and width, if all images have the same. */
  readonly size?: readonly [height: number, width: number];
  /** File of an image relative to the folder of the set, with `/` between parts, if every image has a file of its own. */
  fileName?(index: number): string;
  /** Files in the same folders that are not part of the set. */
  readonly leftOut?: readonly LeftOutFile[];
  /** Reads the images at these indices, in this order. The caller may change the result. @throws CarlError INPUT_DATA naming the file */
  read(indices: readonly number[]): Promise<readonly StoredImage[]>;
  /** Hashes everything that determines the images, their order and their labels: SHA-256 in hex. An abort rejects the promise. */
  fingerprint(signal?: AbortSignal): Promise<string>;
  /**
   * Hashes names, sizes and modification times instead of content. Sets whose images are in memory do not need it.
   * @param damaged files whose state at an earlier time is hashed in place of the present one, also if they were removed
   */
  quickFingerprint?(damaged?: readonly DamagedFile[]): Promise<QuickFingerprint>;
  /**
   * Describes the set for threads, which use the same memory or list of files and do not open the dataset again.
   * @param sharers number of threads that use the set, including this one; a memory limit is divided among them
   */
  share?(sharers: number): SharedImages;
}

/** A file that an image set does not contain. */
export interface LeftOutFile {
  /** Relative to the folder that was listed, with `/` between parts. */
  readonly file: string;
  /** Reason in a few words, the same for files of one kind: `suffix .bmp`. */
  readonly reason: string;
  /** Error message or other explanation about this file. */
  readonly detail?: string;
}

/** State of a file of an image set when it could not be decoded. */
export interface DamagedFile {
  /** Relative to the root of the set, with `/` between parts. */
  readonly file: string;
  /** Place in the list of all files of the set. */
  readonly index: number;
  readonly label?: number;
  /** Bytes. */
  readonly size: number;
  /** Modification time in milliseconds. */
  readonly modified: number;
}

/** Fingerprint of the names, sizes and modification times of files. */
export interface QuickFingerprint {
  /** SHA-256 in hex. */
  readonly sha256: string;
  /** Total size of the files, all of which the full fingerprint reads. */
  readonly bytes: number;
}

/** A description of an image set that can be sent to a thread. */
export interface SharedImages {
  /** URL of a module that exports `fromShared(content)`, which returns the set or a promise of it. */
  readonly module: string;
  /** Any value that structured cloning supports; arrays in a SharedArrayBuffer are shared, not copied. */
  readonly content: unknown;
}
