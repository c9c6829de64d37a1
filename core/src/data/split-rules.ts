/** Rules for the splits of a dataset. */
export interface SplitRules {
  /**
   * Indices of the training images to hold out as the validation split, for a number of images. Has no effect if the
   * dataset has a validation split.
   */
  readonly holdout?: (length: number) => Int32Array;
  /** Number of classes; labels must be below it. */
  readonly classes?: number;
  readonly classNames?: readonly string[];
  /** Whether the training images have labels, if that is known before they are read. */
  readonly labelled?: boolean;
}
