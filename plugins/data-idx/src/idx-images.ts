import { CarlError, pixelImages, type ImageSet } from '@carl-ssl/core';
import { readIdx } from './idx-file.js';

/** Files of one set of images, and its classes if they are known. */
export interface IdxFiles {
  readonly images: string;
  readonly labels?: string;
  /** Labels must be below it. */
  readonly classes?: number;
  readonly classNames?: readonly string[];
}

/** Reads grey images [N, H, W, 1] and their labels [N] from IDX files. @throws CarlError INPUT_FILE, INPUT_DATA */
export async function readIdxImages(files: IdxFiles): Promise<ImageSet> {
  const { shape, data } = await readIdx(files.images, 3);
  const [length, height, width] = shape;
  const labels = files.labels === undefined ? undefined : await readLabels(files, length);
  return pixelImages({ bytes: data, size: [height, width], channels: 1, labels, classes: files.classNames });
}

async function readLabels({ images, labels: path = '', classes = 256 }: IdxFiles, length: number): Promise<Int32Array> {
  const { data } = await readIdx(path, 1);
  if (data.length !== length)
    throw new CarlError(
      'INPUT_DATA',
      `${path} has ${data.length} labels and ${images} has ${length} images; both must have the same number. Do they belong to the same part of the dataset?`,
    );
  const wrong = data.findIndex(label => label >= classes);
  if (wrong >= 0)
    throw new CarlError(
      'INPUT_DATA',
      `${path} has label ${data[wrong]} for image ${wrong} (byte ${8 + wrong}); with ${classes} classes, labels are 0 to ${classes - 1}. Correct \`classes\` or the file.`,
    );
  return Int32Array.from(data);
}
