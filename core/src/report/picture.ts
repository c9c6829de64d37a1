import type { Augmenter } from '../contracts/augmenter.js';
import type { Image } from '../contracts/image.js';
import type { Picture } from './png.js';

/** Values of black and of white in one channel of an image. */
export type Range = readonly [black: number, white: number];

const UNIT: Range = [0, 1];

/** Levels of an image; of other numbers of channels than 1 and 3, the first three or the first one are shown. */
export function pictureOf({ height, width, channels, data }: Image, ranges: readonly Range[] = []): Picture {
  const shown = channels >= 3 ? 3 : 1;
  const levels = new Uint8Array(height * width * shown);
  for (let channel = 0; channel < shown; channel++) {
    const [black, white] = ranges[channel] ?? UNIT;
    for (let pixel = 0; pixel < height * width; pixel++) {
      const value = (data[pixel * channels + channel] - black) / (white - black);
      levels[pixel * shown + channel] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  }
  return { height, width, channels: shown, data: levels };
}

/**
 * The values that black and white have in each channel of the views, so that normalised views can be shown. They are those
 * of a black and of a white image that the augmenter prepares for evaluation.
 */
export function viewRanges(augmenter: Augmenter, inputChannels: number): readonly Range[] {
  const [{ height, width }] = augmenter.views;
  const [black, white] = [0, 1].map(value => {
    const data = new Float32Array(height * width * inputChannels).fill(value);
    return augmenter.plain({ height, width, channels: inputChannels, data });
  });
  const centre = (Math.floor(height / 2) * width + Math.floor(width / 2)) * black.channels;
  return Array.from({ length: black.channels }, (_, channel) => {
    const [low, high] = [black, white].map(({ data }) => data[centre + channel]);
    return high > low ? [low, high] : UNIT;
  });
}

/** The picture with sides of at most `side` pixels; each pixel is the mean of those that it covers. */
export function shrunk(picture: Picture, side: number): Picture {
  const factor = Math.max(picture.height, picture.width) / side;
  if (factor <= 1) return picture;
  const [height, width] = [picture.height, picture.width].map(length => Math.max(1, Math.round(length / factor)));
  const { channels } = picture;
  const data = new Uint8Array(height * width * channels);
  const edge = (place: number, from: number, to: number): number => Math.floor((place * from) / to);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [top, left] = [edge(y, picture.height, height), edge(x, picture.width, width)];
      const bottom = Math.max(top + 1, edge(y + 1, picture.height, height));
      const right = Math.max(left + 1, edge(x + 1, picture.width, width));
      for (let c = 0; c < channels; c++)
        data[(y * width + x) * channels + c] = meanLevel(picture, { top, left, bottom, right }, c);
    }
  return { height, width, channels, data };
}

interface Area {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

function meanLevel({ width, channels, data }: Picture, { top, left, bottom, right }: Area, channel: number): number {
  let sum = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) sum += data[(y * width + x) * channels + channel];
  return Math.round(sum / ((bottom - top) * (right - left)));
}
