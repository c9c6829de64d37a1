import type { Facts, Finding } from '@carl-ssl/core';
import { Type } from 'typebox';
import { fitsChannels } from '../maths/normalize.js';
import type { Statistics } from '../maths/normalize.js';

/** Options of every augmenter: views, and images as evaluators see them, are normalised alike. */
export const normalizationOptions = {
  mean: Type.Array(Type.Number(), {
    minItems: 1,
    default: [0],
    description:
      'Subtracted from every view after all else: one number, or one a channel. ImageNet: [0.485, 0.456, 0.406].',
  }),
  std: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
    minItems: 1,
    default: [1],
    description:
      'What every view is divided by afterwards: one number, or one a channel. ImageNet: [0.229, 0.224, 0.225].',
  }),
};

/** An error if the statistics are not those of images with as many channels as the dataset's. */
export function normalizationFindings(statistics: Statistics, facts: Facts): readonly Finding[] {
  const { channels } = facts;
  if (channels === undefined || fitsChannels(statistics, channels)) return [];
  const { mean, std } = statistics;
  const path = mean.length === 1 || mean.length === channels ? 'std' : 'mean';
  const message =
    `\`mean\` has ${mean.length} and \`std\` ${std.length} numbers, but the images have ${channels} ` +
    `channel${channels === 1 ? '' : 's'}. Give one number, or one a channel.`;
  return [{ severity: 'error', code: 'AUGMENT_STATISTICS', path, message }];
}
