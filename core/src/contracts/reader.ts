import { token } from './token.js';
import type { ImageSet } from './image-set.js';

/**
 * Reads files of one format into a set of images. Datasets are composed of readers: a reader implements a format, and
 * the dataset `files` adds splits, hold-out and class checks.
 */
export interface Reader {
  /**
   * Opens the files. The order of the images depends on the files and options alone.
   * @param classes class names of the training images, for readers whose files name classes: labels are then indices
   * into this list, and an unknown name is an error. Formats that store class numbers ignore it.
   * @throws CarlError INPUT_FILE if a file cannot be read, INPUT_DATA if its content is wrong; both name the file
   */
  read(classes?: readonly string[]): Promise<ImageSet>;
}
export const Reader = token<Reader>('Reader');
