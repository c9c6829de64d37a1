import { Type } from 'typebox';
import { defineComponent, rankMe, slots, type EvaluatorResult, type FeatureEvaluator } from '@carl-ssl/core';
import { judgedSamples } from '../splits.js';

/**
 * RankMe of the features of `validation` and `test`, or of `train` when there is neither: between 1 and the width of the
 * features; it falls when dimensions collapse. Needs no labels. `n` in the name is the number of images that were used.
 */
function rankme({ epsilon, samples }: { epsilon: number; samples: number }): FeatureEvaluator {
  return {
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    async evaluate(inputs) {
      const results: EvaluatorResult[] = [];
      const splits = await judgedSamples(inputs, samples);
      for (const { name, features } of splits) {
        await inputs.progress(results.length, splits.length);
        const value = rankMe(features, epsilon);
        results.push({ metric: `rankme@n${features.rows}`, split: name, value, kind: 'score' });
      }
      return results;
    },
  };
}

export default defineComponent(slots.evaluator, {
  use: 'rankme',
  description: 'Effective rank of the features: exp of the entropy of their singular values.',
  source: 'arXiv 2210.02885, equations 1 and 2',
  options: Type.Object(
    {
      epsilon: Type.Number({
        exclusiveMinimum: 0,
        default: 1e-7,
        description: 'Added to each singular value after normalisation by their sum.',
      }),
      samples: Type.Integer({
        minimum: 2,
        default: 5000,
        description:
          'Maximum number of images per split, drawn at random if there are more; the rank cannot exceed it.',
      }),
    },
    { additionalProperties: false },
  ),
  create: rankme,
});
