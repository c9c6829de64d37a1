import { counted, type Image } from '@carl-ssl/core';

/** Height and width in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Rectangle of pixels: rows top..top+height-1 and columns left..left+width-1. */
export interface Box extends Size {
  readonly top: number;
  readonly left: number;
}

/** Box that covers an image. */
export function fullBox({ height, width }: Size): Box {
  return { top: 0, left: 0, height, width };
}

/** Compares height and width. */
export function sameSize(a: Size, b: Size): boolean {
  return a.height === b.height && a.width === b.width;
}

/** True if the box is exactly the image. */
export function covers(box: Box, image: Size): boolean {
  return box.top === 0 && box.left === 0 && sameSize(box, image);
}

/** True if no pixel of the box is outside the image. */
export function contains(image: Size, box: Box): boolean {
  return box.top >= 0 && box.left >= 0 && box.top + box.height <= image.height && box.left + box.width <= image.width;
}

/** Image of zeros. */
export function blank(size: Size, channels: number): Image {
  const { height, width } = size;
  return { height, width, channels, data: new Float32Array(height * width * channels) };
}

/** Size and channels for messages: `28x32 pixels, 3 channels`. */
export function describeImage(image: Image): string {
  return `${image.height}x${image.width} pixels, ${describeChannels(image.channels)}`;
}

/** Number of channels for messages: `1 channel`, `3 channels`. */
export function describeChannels(channels: number): string {
  return counted(channels, 'channel');
}

/** Rounds to the nearest integer, halves to the even one. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return fraction < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
