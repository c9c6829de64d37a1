import { CarlError } from '@carl-ssl/core';
import type { Image } from '@carl-ssl/core';
import { blank, describeImage } from './geometry.js';

/** Statistics of every channel; a single number holds for all channels. */
export interface Statistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** (x - mean) / std of every channel. @throws CarlError INPUT_PIPELINE */
export function normalizeChannels(image: Image, statistics: Statistics): Image {
  if (changesNothing(statistics)) return image;
  const { channels, data } = image;
  if (!fitsChannels(statistics, channels)) throw wrongCount(image, statistics);
  const result = blank(image, channels);
  for (let c = 0; c < channels; c++) {
    const mean = ofChannel(statistics.mean, c);
    const std = ofChannel(statistics.std, c);
    for (let i = c; i < data.length; i += channels) result.data[i] = (data[i] - mean) / std;
  }
  return result;
}

/** True if there is a mean and a deviation for every one of that many channels. */
export function fitsChannels({ mean, std }: Statistics, channels: number): boolean {
  return [mean, std].every(values => values.length === 1 || values.length === channels);
}

function changesNothing({ mean, std }: Statistics): boolean {
  return mean.every(value => value === 0) && std.every(value => value === 1);
}

function ofChannel(values: readonly number[], channel: number): number {
  return values.length === 1 ? values[0] : values[channel];
}

function wrongCount(image: Image, { mean, std }: Statistics): CarlError {
  return new CarlError(
    'INPUT_PIPELINE',
    `\`mean\` has ${mean.length} and \`std\` ${std.length} numbers, but the image has ${describeImage(image)}. ` +
      `Give one number, or ${image.channels} numbers, one a channel.`,
  );
}
