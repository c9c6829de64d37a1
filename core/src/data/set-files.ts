/** Files of an image set that reads them at every access. */
export interface SetFiles {
  readonly root: string;
  /** Relative to the root, with `/` between parts, in the order of the set. */
  readonly paths: readonly string[];
  /** Label of each file, if the files have labels. */
  readonly labels?: ArrayLike<number>;
  /** Options and names that determine the images besides the files. Plain data. */
  readonly rules: unknown;
}
