import { Type, type Facts, type Finding } from '@carl-ssl/core';
import { fitsChannels, mismatchMessage } from '../maths/normalize.js';
import type { Statistics } from '../maths/normalize.js';

/** Normalisation options of every augmenter. They apply to views and to the plain images of evaluators. */
export const normalizationOptions = {
  mean: Type.Array(Type.Number(), {
    minItems: 1,
    default: [0],
    description:
      'Mean subtracted from every view after all other steps: one number for all channels, or one per channel. ImageNet: [0.485, 0.456, 0.406].',
  }),
  std: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
    minItems: 1,
    default: [1],
    description:
      'Standard deviation by which every view is divided after the subtraction: one number for all channels, or one per channel. ImageNet: [0.229, 0.224, 0.225].',
  }),
};

/** Error for statistics whose number of values differs from the number of channels of the dataset. */
export function normalizationFindings(statistics: Statistics, facts: Facts): readonly Finding[] {
  const { channels } = facts;
  if (channels === undefined || fitsChannels(statistics, channels)) return levelFindings(statistics);
  const { length } = statistics.mean;
  const path = length === 1 || length === channels ? 'std' : 'mean';
  return [{ severity: 'error', code: 'AUGMENT_STATISTICS', path, message: mismatchMessage(statistics, channels) }];
}

/** Warning for statistics of levels from 0 to 255, whereas the values are in [0, 1]. */
export function levelFindings({ mean, std }: Statistics, path = ''): readonly Finding[] {
  const tooLarge = Math.max(...mean) > 1 ? 'mean' : Math.max(...std) > 2 ? 'std' : undefined;
  if (tooLarge === undefined) return [];
  const divided = (values: readonly number[]) =>
    `[${values.map(value => Number((value / 255).toPrecision(3))).join(', ')}]`;
  const message =
    `Values are in [0, 1] before they are normalised, and \`${tooLarge}\` is that of levels from 0 to 255: all images become ` +
    `nearly the same. Divide by 255: \`mean: ${divided(mean)}\`, \`std: ${divided(std)}\`.`;
  return [{ severity: 'warning', code: 'AUGMENT_STATISTICS_LEVELS', path: path + tooLarge, message }];
}

/** Warning for an operation that has no effect on single-channel images. */
export function colorlessStep(use: string, facts: Facts): readonly Finding[] {
  return facts.channels === 1 ? [colorWarning('', use, 'this step')] : [];
}

/** Warning for each of the given options, which have no effect on single-channel images. */
export function colorlessOptions(keys: readonly string[], facts: Facts): readonly Finding[] {
  return facts.channels === 1 ? keys.map(key => colorWarning(key, key, `\`${key}\``)) : [];
}

function colorWarning(path: string, name: string, removable: string): Finding {
  const message = `The images have one channel, so \`${name}\` has no effect. Remove ${removable}.`;
  return { severity: 'warning', code: 'AUGMENT_NO_COLOR', path, message };
}
