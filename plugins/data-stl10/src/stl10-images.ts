import {
  CarlError,
  fileFingerprints,
  inSharedMemory,
  readUserFile,
  shareable,
  withFileParts,
  type ImageSet,
  type StoredImage,
} from '@carl-ssl/core';
import { basename, dirname } from 'node:path';

/** Files of a part of STL-10. */
export interface Stl10Files {
  readonly images: string;
  readonly labels?: string;
}

/** Classes of STL-10 from label 0; files count from 1. */
const STL10_CLASSES: readonly string[] = ['airplane', 'bird', 'car', 'cat', 'deer', 'dog', 'horse', 'monkey', 'ship', 'truck']; // prettier-ignore

const SIDE = 96;
const PLANE = SIDE * SIDE;
const RECORD = 3 * PLANE;

/**
 * Opens images [N, 96, 96, 3] and their labels [N]. Images stay on disk: the unlabelled part has 2.7 GB.
 * @throws CarlError INPUT_FILE, INPUT_DATA
 */
export async function openStl10(files: Stl10Files): Promise<ImageSet> {
  const size = await withFileParts(files.images, file => Promise.resolve(file.size));
  if (size === 0 || size % RECORD !== 0)
    throw refusal(
      files.images,
      `it has ${size} bytes, which is not a multiple of the ${RECORD} of an image${size > RECORD ? `: the image at byte ${size - (size % RECORD)} is incomplete` : ''}`,
    );
  const length = size / RECORD;
  const labels = files.labels === undefined ? undefined : await readLabels(files, length);
  return stl10Images({ ...files, length, labels, labelFile: files.labels });
}

async function readLabels({ images, labels: path = '' }: Stl10Files, length: number): Promise<Int32Array> {
  const stored = await readUserFile(path);
  if (stored.length !== length)
    throw refusal(path, `it has ${stored.length} labels and ${images} has ${length} images; both must be equal`);
  const wrong = stored.findIndex(label => label < 1 || label > STL10_CLASSES.length);
  if (wrong >= 0) throw refusal(path, `byte ${wrong} is the label ${stored[wrong]}, and labels are 1 to 10`);
  return Int32Array.from(stored, label => label - 1);
}

/** An opened part; plain data that threads can share. */
interface OpenedPart {
  readonly images: string;
  readonly length: number;
  readonly labels?: Int32Array;
  readonly labelFile?: string;
}

function stl10Images({ images, length, labels, labelFile }: OpenedPart): ImageSet {
  const root = dirname(images);
  const paths = [images, ...(labelFile !== undefined && dirname(labelFile) === root ? [labelFile] : [])];
  const set: ImageSet = {
    length,
    ...(labels && { labels, classes: STL10_CLASSES }),
    channels: 3,
    size: [SIDE, SIDE],
    read: indices => readImages(images, length, indices),
    ...fileFingerprints({
      root,
      paths: paths.map(path => basename(path)),
      rules: { format: 'stl10', labels: labels && Array.from(labels) },
    }),
  };
  return shareable(set, () => ({
    module: import.meta.url,
    content: { images, length, labels: labels && inSharedMemory(labels), labelFile } satisfies OpenedPart,
  }));
}

/** Rebuilds a set that another thread shares. @public */
export const fromShared = (content: OpenedPart): ImageSet => stl10Images(content);

function readImages(path: string, length: number, indices: readonly number[]): Promise<readonly StoredImage[]> {
  const outside = indices.find(index => !(Number.isInteger(index) && index >= 0 && index < length));
  if (outside !== undefined) throw new RangeError(`Image ${outside} of a set of ${length}`);
  return withFileParts(path, async file => {
    const images: StoredImage[] = [];
    for (const index of indices) {
      const planes = await file.read({ start: index * RECORD, length: RECORD });
      images.push({ height: SIDE, width: SIDE, channels: 3, data: pixelsOf(planes) });
    }
    return images;
  });
}

/** Turns planes [3, column, row] into pixels [row, column, 3]. */
function pixelsOf(planes: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(RECORD);
  for (let c = 0; c < 3; c++)
    for (let x = 0; x < SIDE; x++)
      for (let y = 0; y < SIDE; y++) pixels[3 * (y * SIDE + x) + c] = planes[c * PLANE + x * SIDE + y];
  return pixels;
}

function refusal(path: string, problem: string): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${path} cannot be used as a file of STL-10: ${problem}. Use the binary version, and download it again.`,
  );
}
