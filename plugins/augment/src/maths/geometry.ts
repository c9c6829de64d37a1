import type { Image } from '@carl-ssl/core';

/** Pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** A rectangle of whole pixels, rows top..top+height-1 and columns left..left+width-1. */
export interface Box extends Size {
  readonly top: number;
  readonly left: number;
}

export function sameSize(a: Size, b: Size): boolean {
  return a.height === b.height && a.width === b.width;
}

export function covers(box: Box, image: Size): boolean {
  return box.top === 0 && box.left === 0 && sameSize(box, image);
}

export function contains(image: Size, box: Box): boolean {
  return box.top >= 0 && box.left >= 0 && box.top + box.height <= image.height && box.left + box.width <= image.width;
}

/** An image of zeros. */
export function blank(size: Size, channels: number): Image {
  const { height, width } = size;
  return { height, width, channels, data: new Float32Array(height * width * channels) };
}

/** `28x32 pixels, 3 channels`, for messages. */
export function describeImage(image: Image): string {
  return `${image.height}x${image.width} pixels, ${image.channels} channel${image.channels === 1 ? '' : 's'}`;
}

/** To the nearest integer, halves to the even one. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return fraction < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
