import {
  counted,
  defineComponent,
  slots,
  Type,
  type EvaluationControl,
  type EvaluatorResult,
  type FeatureEvaluator,
} from '@carl-ssl/core';
import { classAlignment, uniformity } from '../maths/hypersphere.js';
import { judgedSamples, type Split } from '../splits.js';
import { stepByStep } from '../stepwise.js';
import { pairwiseWork } from '../work.js';

interface Options {
  readonly t: number;
  readonly alpha: number;
  readonly samples: number;
}

/**
 * Uniformity of the features of `validation` and `test` (or of `train` when there is neither) over the unit sphere and,
 * where there are labels, alignment of the images of a class. `n` in the metric names is the number of images that were
 * used.
 */
function alignmentUniformity(options: Options): FeatureEvaluator {
  return {
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    work: sizes => pairwiseWork(sizes, options.samples),
    async evaluate(inputs) {
      const results = [];
      for (const split of await judgedSamples(inputs, options.samples))
        results.push(...(await figures(split, options, inputs.progress)));
      return results;
    },
  };
}

async function figures(
  { name: split, features, labels }: Split,
  { t, alpha }: Options,
  progress: EvaluationControl['progress'],
): Promise<EvaluatorResult[]> {
  const { rows } = features;
  if (rows < 2) return [];
  const spread = await stepByStep(uniformity(features, t), done => progress(done, rows));
  const score = (metric: string, value: number, description: string): EvaluatorResult => ({
    ...{ metric, split, value, kind: 'score', description: `${description} of ${counted(rows, 'image')}` },
  });
  const results = [score(`uniformity@t${t}n${rows}`, spread, 'uniformity over the unit sphere, lower is better,')];
  if (labels === undefined || new Set(labels).size === labels.length) return results;
  const value = await stepByStep(classAlignment(features, labels, alpha), done => progress(done, rows));
  const meaning = 'distance between features of a class, lower is better,';
  return [...results, score(`class-alignment@a${alpha}n${rows}`, value, meaning)];
}

export default defineComponent(slots.evaluator, {
  use: 'alignment-uniformity',
  description:
    'Uniformity of the features over the unit sphere, and alignment: mean distance between features of the same class.',
  source: 'arXiv 2005.10242',
  options: Type.Object(
    {
      t: Type.Number({
        exclusiveMinimum: 0,
        default: 2,
        description: 'Sharpness of the Gaussian potential in uniformity.',
      }),
      alpha: Type.Number({ exclusiveMinimum: 0, default: 2, description: 'Exponent of the distance in alignment.' }),
      samples: Type.Integer({
        minimum: 2,
        default: 2000,
        description: 'Maximum number of images per split, drawn at random if there are more.',
      }),
    },
    { additionalProperties: false },
  ),
  create: alignmentUniformity,
});
