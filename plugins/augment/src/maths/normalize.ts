import { CarlError } from '@carl-ssl/core';
import type { Image } from '@carl-ssl/core';
import { normalizeByVectors } from '../vectors/colors.js';
import { vectorsFor } from '../vectors/unit.js';
import { describeChannels } from './geometry.js';

/** Mean and standard deviation: one number for all channels, or one per channel. */
export interface Statistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * Normalises every channel: (x - mean) / std. Returns the image itself for mean 0 and deviation 1.
 * @param into where the values may be written
 * @throws CarlError INPUT_PIPELINE if the statistics do not fit the number of channels
 */
export function normalizeChannels(image: Image, statistics: Statistics, into?: Float32Array): Image {
  if (isIdentity(statistics)) return image;
  const { height, width, channels, data } = image;
  if (!fitsChannels(statistics, channels)) throw new CarlError('INPUT_PIPELINE', mismatchMessage(statistics, channels));
  const unit = vectorsFor(image);
  if (unit) return normalizeByVectors(unit, image, perChannel(statistics, channels));
  const result = { height, width, channels, data: into ?? new Float32Array(data.length) };
  for (let c = 0; c < channels; c++) {
    const mean = ofChannel(statistics.mean, c);
    const std = ofChannel(statistics.std, c);
    for (let i = c; i < data.length; i += channels) result.data[i] = (data[i] - mean) / std;
  }
  return result;
}

/** True if mean and deviation each have one number, or one per channel. */
export function fitsChannels({ mean, std }: Statistics, channels: number): boolean {
  return [mean, std].every(values => values.length === 1 || values.length === channels);
}

/** Message for statistics that do not fit the number of channels. */
export function mismatchMessage({ mean, std }: Statistics, channels: number): string {
  return (
    `The images have ${describeChannels(channels)}, but \`mean\` has length ${mean.length} and \`std\` has length ` +
    `${std.length}. Give each of them one number for all channels, or one number per channel.`
  );
}

function isIdentity({ mean, std }: Statistics): boolean {
  return mean.every(value => value === 0) && std.every(value => value === 1);
}

function perChannel({ mean, std }: Statistics, channels: number): Statistics {
  const each = (values: readonly number[]): number[] =>
    Array.from({ length: channels }, (_, c) => ofChannel(values, c));
  return { mean: each(mean), std: each(std) };
}

function ofChannel(values: readonly number[], channel: number): number {
  return values.length === 1 ? values[0] : values[channel];
}
