import type { Image } from '@carl-ssl/core';
import { flipHorizontally, flipVertically } from './flip.js';
import { blank, roundHalfEven } from './geometry.js';
import type { Interpolation } from './interpolation.js';

/** Angle and interpolation of a rotation. */
export interface Rotation {
  /** Degrees, counter-clockwise. */
  readonly angle: number;
  readonly interpolation: Exclude<Interpolation, 'bicubic'>;
}

/**
 * Rotates an image about its centre on a canvas of the same size. Pixels outside the image count as 0, also during
 * interpolation.
 */
export function rotateImage(image: Image, rotation: Rotation): Image {
  const angle = ((rotation.angle % 360) + 360) % 360;
  if (angle === 0) return image;
  if (angle === 180) return flipVertically(flipHorizontally(image));
  if (angle % 90 === 0 && image.height === image.width) return quarterTurn(image, angle === 90);
  const points = sourcePoints(image, angle);
  return rotation.interpolation === 'nearest' ? takeNearest(image, points) : takeBilinear(image, points);
}

function quarterTurn(image: Image, counterClockwise: boolean): Image {
  const { width: side, channels, data } = image;
  const result = blank(image, channels);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const source = counterClockwise ? x * side + side - 1 - y : (side - 1 - x) * side + y;
      for (let c = 0; c < channels; c++) result.data[(y * side + x) * channels + c] = data[source * channels + c];
    }
  }
  return result;
}

/**
 * Column and row of the source point of each pixel of the result: [height * width * 2]. Computed on a grid from -1 to 1
 * as in torch, so that points halfway between two pixels are rounded in the same direction.
 */
function sourcePoints({ height, width }: Image, angle: number): Float64Array {
  const radians = (angle * Math.PI) / 180;
  const [cosX, sinX] = [Math.cos(radians) / (0.5 * width), -Math.sin(radians) / (0.5 * width)];
  const [sinY, cosY] = [Math.sin(radians) / (0.5 * height), Math.cos(radians) / (0.5 * height)];
  const points = new Float64Array(height * width * 2);
  for (let row = 0, i = 0; row < height; row++) {
    const v = row + 0.5 - height / 2;
    for (let column = 0; column < width; column++) {
      const u = column + 0.5 - width / 2;
      points[i++] = ((u * cosX + v * sinX + 1) * width - 1) / 2;
      points[i++] = ((u * sinY + v * cosY + 1) * height - 1) / 2;
    }
  }
  return points;
}

function takeNearest(image: Image, points: Float64Array): Image {
  const { height, width, channels, data } = image;
  const result = blank(image, channels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const column = roundHalfEven(points[2 * pixel]);
    const row = roundHalfEven(points[2 * pixel + 1]);
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const source = (row * width + column) * channels;
    for (let c = 0; c < channels; c++) result.data[pixel * channels + c] = data[source + c];
  }
  return result;
}

function takeBilinear(image: Image, points: Float64Array): Image {
  const { height, width, channels } = image;
  const result = blank(image, channels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const x = points[2 * pixel];
    const y = points[2 * pixel + 1];
    const column = Math.floor(x);
    const row = Math.floor(y);
    if (row >= 0 && row < height) addRow(image, { row, column, x, weight: row + 1 - y }, { result, pixel });
    if (row >= -1 && row + 1 < height) addRow(image, { row: row + 1, column, x, weight: y - row }, { result, pixel });
  }
  return result;
}

/** Adds the row's two pixels left and right of x, each if it is inside the image, to a pixel of the result. */
function addRow(
  image: Image,
  from: { readonly row: number; readonly column: number; readonly x: number; readonly weight: number },
  to: { readonly result: Image; readonly pixel: number },
): void {
  const { width, channels, data } = image;
  const { row, column, x, weight } = from;
  const target = to.pixel * channels;
  const source = (row * width + column) * channels;
  const left = column >= 0 && column < width ? weight * (column + 1 - x) : 0;
  const right = column >= -1 && column + 1 < width ? weight * (x - column) : 0;
  for (let c = 0; c < channels; c++) {
    if (left !== 0) to.result.data[target + c] += left * data[source + c];
    if (right !== 0) to.result.data[target + c] += right * data[source + channels + c];
  }
}
