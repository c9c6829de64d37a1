import type { Baseline } from '@carl-ssl/core';
import { Type } from 'typebox';

/** The option of evaluators that measure features or embeddings. */
export const output = (value: MeasuredOutput) =>
  Type.Union([Type.Literal('features'), Type.Literal('embeddings')], {
    default: value,
    description: 'Output of the network that is measured. features: of the encoder. embeddings: of the head.',
  });

/** Outputs that an evaluator can measure. */
export type MeasuredOutput = 'features' | 'embeddings';

/** Name of a figure; that of embeddings ends with `-embeddings`. */
export function figureName(name: string, measured: MeasuredOutput): string {
  return measured === 'embeddings' ? `${name}-embeddings` : name;
}

/** Baselines of an evaluator. Raw pixels have no embeddings. */
export function baselinesFor(measured: MeasuredOutput): readonly Baseline[] {
  return measured === 'embeddings' ? ['untrained'] : ['untrained', 'pixels'];
}
