import type { Image } from '@carl-ssl/core';
import { flipHorizontally, flipVertically } from './flip.js';
import { blank, roundHalfEven } from './geometry.js';
import type { Interpolation } from './interpolation.js';

export interface Rotation {
  /** Degrees, counter-clockwise. */
  readonly angle: number;
  readonly interpolation: Exclude<Interpolation, 'bicubic'>;
}

/** Turns an image about its centre on the same canvas. What is outside counts as 0, also in the interpolation. */
export function rotateImage(image: Image, rotation: Rotation): Image {
  const angle = ((rotation.angle % 360) + 360) % 360;
  if (angle === 0) return image;
  if (angle === 180) return flipVertically(flipHorizontally(image));
  if (angle % 90 === 0 && image.height === image.width) return quarterTurn(image, angle === 90);
  const result = blank(image, image.channels);
  eachSource(
    image,
    angle,
    rotation.interpolation === 'nearest' ? takeNearest(image, result) : takeBilinear(image, result),
  );
  return result;
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

type Take = (target: number, x: number, y: number) => void;

/**
 * Calls `take` with the index of every value's pixel in the result and the point of the source it comes from. Written over
 * the grid from -1 to 1, as torch does, so that points that fall between two pixels round the same way.
 */
function eachSource({ height, width, channels }: Image, angle: number, take: Take): void {
  const radians = (angle * Math.PI) / 180;
  const [cosX, sinX] = [Math.cos(radians) / (0.5 * width), -Math.sin(radians) / (0.5 * width)];
  const [sinY, cosY] = [Math.sin(radians) / (0.5 * height), Math.cos(radians) / (0.5 * height)];
  for (let row = 0; row < height; row++) {
    const v = row + 0.5 - height / 2;
    for (let column = 0; column < width; column++) {
      const u = column + 0.5 - width / 2;
      const x = ((u * cosX + v * sinX + 1) * width - 1) / 2;
      const y = ((u * sinY + v * cosY + 1) * height - 1) / 2;
      take((row * width + column) * channels, x, y);
    }
  }
}

function takeNearest(image: Image, result: Image): Take {
  const { height, width, channels, data } = image;
  return (target, x, y) => {
    const column = roundHalfEven(x);
    const row = roundHalfEven(y);
    if (column < 0 || row < 0 || column >= width || row >= height) return;
    const source = (row * width + column) * channels;
    for (let c = 0; c < channels; c++) result.data[target + c] = data[source + c];
  };
}

function takeBilinear(image: Image, result: Image): Take {
  const { height, width, channels, data } = image;
  return (target, x, y) => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    for (let corner = 0; corner < 4; corner++) {
      const column = left + (corner & 1);
      const row = top + (corner >> 1);
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      const weight = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
      const source = (row * width + column) * channels;
      for (let c = 0; c < channels; c++) result.data[target + c] += weight * data[source + c];
    }
  };
}
