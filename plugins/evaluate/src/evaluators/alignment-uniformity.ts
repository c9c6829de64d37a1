import { Type } from 'typebox';
import { defineComponent, slots, type Evaluator, type EvaluatorResult } from '@carl-ssl/core';
import { classAlignment, uniformity } from '../maths/hypersphere.js';
import { judgedSplits, sample, type Split } from '../splits.js';

interface Options {
  readonly t: number;
  readonly alpha: number;
  readonly samples: number;
}

/**
 * How evenly the features of `validation` and `test` (or of `train` when there is neither) spread over the unit sphere and,
 * where there are labels, how close images of one class are to each other.
 */
function alignmentUniformity(options: Options): Evaluator {
  return {
    needsLabels: false,
    async evaluate(inputs) {
      return judgedSplits(inputs).flatMap(split => figures(sample(split, options.samples, inputs.random), options));
    },
  };
}

function figures({ name: split, features, labels }: Split, { t, alpha }: Options): EvaluatorResult[] {
  if (features.rows < 2) return [];
  const spread: EvaluatorResult = { metric: `uniformity@t${t}`, split, value: uniformity(features, t), kind: 'score' };
  if (labels === undefined || new Set(labels).size === labels.length) return [spread];
  const value = classAlignment(features, labels, alpha);
  return [spread, { metric: `class-alignment@a${alpha}`, split, value, kind: 'score' }];
}

export default defineComponent(slots.evaluator, {
  use: 'alignment-uniformity',
  description:
    'How evenly features spread over the unit sphere (uniformity) and how close those of one class are (alignment).',
  source: 'arXiv 2005.10242',
  options: Type.Object(
    {
      t: Type.Number({
        exclusiveMinimum: 0,
        default: 2,
        description: 'Sharpness of the Gaussian potential of uniformity.',
      }),
      alpha: Type.Number({ exclusiveMinimum: 0, default: 2, description: 'Exponent of the distance in alignment.' }),
      samples: Type.Integer({
        minimum: 2,
        default: 2000,
        description: 'Images drawn at random where a split has more.',
      }),
    },
    { additionalProperties: false },
  ),
  create: alignmentUniformity,
});
