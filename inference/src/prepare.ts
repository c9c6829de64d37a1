import type { Image } from './pixels.js';
import { resized, type Sampling } from './resample.js';

/** How images are prepared for the encoder, as in every evaluation of it. The normalisation is part of the model. */
export interface Preparation extends Sampling {
  /** Pixels of the shorter side after resizing; `cover`: the smallest size that covers the crop. */
  readonly resize: number | 'cover';
  /** Height and width of the centre that is cropped. */
  readonly crop: readonly [height: number, width: number];
}

/** Resizes an image and crops its centre. */
export function prepared(image: Image, preparation: Preparation): Image {
  const { resize, crop } = preparation;
  const [height, width] = crop;
  if (resize === 'cover' && image.height === height && image.width === width) return image;
  const covered = resize === 'cover' ? { height, width } : { height: resize, width: resize };
  return centre(resized(image, coveringSize(image, covered), preparation), height, width);
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Smallest size with the aspect ratio of the image that covers the target. */
function coveringSize(image: Size, target: Size): Size {
  const byHeight = target.height * image.width >= target.width * image.height;
  return byHeight
    ? { height: target.height, width: Math.floor((target.height * image.width) / image.height) }
    : { height: Math.floor((target.width * image.height) / image.width), width: target.width };
}

/** The centre; a smaller image is surrounded by zeros. */
function centre({ data, height, width, channels }: Image, rows: number, columns: number): Image {
  const [top, left] = [offset(height, rows), offset(width, columns)];
  if (rows === height && columns === width) return { data, height, width, channels };
  const result = new Float32Array(rows * columns * channels);
  const [from, to] = [Math.max(0, left), Math.min(width, left + columns)];
  for (let y = Math.max(0, top); y < Math.min(height, top + rows); y++)
    result.set(
      data.subarray((y * width + from) * channels, (y * width + to) * channels),
      ((y - top) * columns + from - left) * channels,
    );
  return { height: rows, width: columns, channels, data: result };
}

/** Rounds halves to the even offset for a crop and to the smaller margin for a frame, as torchvision does. */
function offset(side: number, cut: number): number {
  if (side < cut) return -Math.floor((cut - side) / 2);
  const half = (side - cut) / 2;
  const floor = Math.floor(half);
  return half === floor ? floor : floor + (floor % 2);
}
