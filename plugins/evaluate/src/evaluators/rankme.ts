import { Type } from 'typebox';
import { defineComponent, rankMe, slots, type Evaluator } from '@carl-ssl/core';
import { judgedSplits, sample } from '../splits.js';

/**
 * RankMe of the features of `validation` and `test`, or of `train` when there is neither: between 1 and the width of the
 * features; it falls when dimensions collapse. Needs no labels.
 */
function rankme({ epsilon, samples }: { epsilon: number; samples: number }): Evaluator {
  return {
    needsLabels: false,
    async evaluate(inputs) {
      return judgedSplits(inputs).map(split => {
        const value = rankMe(sample(split, samples, inputs.random).features, epsilon);
        return { metric: `rankme@n${samples}`, split: split.name, value, kind: 'score' };
      });
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
        description: 'Added to the share of every singular value.',
      }),
      samples: Type.Integer({
        minimum: 2,
        default: 5000,
        description: 'Images drawn at random where a split has more; the rank cannot exceed it.',
      }),
    },
    { additionalProperties: false },
  ),
  create: rankme,
});
