import { CarlError, pixelImages, withFileParts, type ImageSet, type ZipArchive } from '@carl-ssl/core';
import { floatImages } from './float-images.js';
import { readNpy, type NpyArray } from './npy.js';
import { openNpz } from './npz-archive.js';

/** Arrays of one set of images in an archive. */
export interface NpzArrays {
  readonly file: string;
  readonly images: string;
  readonly labels?: string;
  /** Labels must be below it. */
  readonly classes?: number;
  /** Values of black and white; by default those of the type. */
  readonly range?: readonly number[];
  /** Size that an array may have in memory. */
  readonly maxMegabytes: number;
}

/** Reads images [N, H, W] or [N, H, W, C] and labels [N] or [N, 1] of an archive. @throws CarlError INPUT_FILE, INPUT_DATA */
export function readNpz(arrays: NpzArrays): Promise<ImageSet> {
  const { file: path, maxMegabytes } = arrays;
  return withFileParts(path, async file => {
    const zip = await openNpz(path, file, maxMegabytes * 2 ** 20);
    const array = (name: string) => readArray(path, zip, name);
    const images = await array(arrays.images);
    checkImages(arrays, images);
    const labels =
      arrays.labels === undefined ? undefined : labelsOf(arrays, await array(arrays.labels), images.shape[0]);
    return imagesOf(arrays, images, labels);
  });
}

async function readArray(path: string, zip: ZipArchive, name: string): Promise<NpyArray> {
  const entry = `${name}.npy`;
  if (!zip.names.includes(entry)) {
    const known = zip.names.map(one => one.replace(/\.npy$/, '')).join(', ');
    throw new CarlError('INPUT_DATA', `${path} has no array "${name}". Its arrays: ${known.slice(0, 400)}.`);
  }
  const bytes = await zip.read(entry);
  try {
    return readNpy(bytes);
  } catch (error) {
    throw refusal(path, name, (error as Error).message);
  }
}

function checkImages({ file, images: name }: NpzArrays, { shape, type }: NpyArray): void {
  if (shape.length !== 3 && shape.length !== 4)
    throw refusal(file, name, `its shape is [${shape.join(', ')}], and images are [N, H, W] or [N, H, W, C]`);
  if (shape.includes(0)) throw refusal(file, name, `its shape [${shape.join(', ')}] has no pixels`);
  const [, height, width, channels = 1] = shape;
  if (channels > 4 && [1, 3, 4].includes(height))
    throw refusal(file, name, `its shape [${shape.join(', ')}] seems to be [N, C, H, W]; transpose it to [N, H, W, C]`);
  if (channels > 4 && channels === height && channels === width)
    throw refusal(
      file,
      name,
      `its shape [${shape.join(', ')}] is that of volumes; only images of two dimensions are read`,
    );
  if (!['u1', 'u2', 'f2', 'f4', 'f8'].includes(type))
    throw refusal(file, name, `its type is ${type}, and pixels are u1, u2, f2, f4 or f8`);
}

function imagesOf({ file, images: name, range }: NpzArrays, array: NpyArray, labels?: Int32Array): ImageSet {
  const { shape, type, values } = array;
  const [, height, width, channels = 1] = shape;
  const common = { size: [height, width] as const, channels, ...(labels && { labels }) };
  if (type === 'u1' && !range) return pixelImages({ bytes: values as Uint8Array, ...common });
  const [black, white] = range ?? (type === 'u2' ? [0, 65535] : [0, type === 'u1' ? 255 : 1]);
  const wrong = values.findIndex(value => !(value >= black && value <= white));
  if (wrong >= 0)
    throw refusal(
      file,
      name,
      `image ${Math.floor(wrong / (height * width * channels))} has the value ${values[wrong]}, which is ${Number.isNaN(values[wrong]) ? 'no brightness' : `outside ${black} to ${white}; set \`range: [black, white]\``}`,
    );
  return floatImages({ values: Float32Array.from(values, value => (value - black) / (white - black)), ...common });
}

function labelsOf({ file, labels: name = '', classes }: NpzArrays, array: NpyArray, length: number): Int32Array {
  const { shape, type, values } = array;
  if (shape.length > 2 || shape.length === 0 || (shape.length === 2 && shape[1] !== 1))
    throw refusal(file, name, `its shape is [${shape.join(', ')}], and labels are [N] or [N, 1]`);
  if (shape[0] !== length) throw refusal(file, name, `it has ${shape[0]} labels, and there are ${length} images`);
  if (type.startsWith('f') || type === 'b1') throw refusal(file, name, `its type is ${type}, and labels are integers`);
  const most = classes ?? 2 ** 31 - 1;
  const wrong = values.findIndex(label => label < 0 || label >= most);
  if (wrong >= 0)
    throw refusal(
      file,
      name,
      `image ${wrong} has label ${values[wrong]}, and labels are 0 to ${most - 1}${classes === undefined ? '' : ` with ${classes} classes`}`,
    );
  return Int32Array.from(values);
}

function refusal(path: string, name: string, problem: string): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${path} has an array "${name}" that cannot be used: ${problem}. Check the options or write the file again.`,
  );
}
