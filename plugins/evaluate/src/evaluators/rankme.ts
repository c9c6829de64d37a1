import {
  counted,
  defineComponent,
  slots,
  Type,
  type EvaluatorResult,
  type FeatureEvaluator,
  type Static,
} from '@carl-ssl/core';
import { interruptibleRank } from '../maths/interruptible-rank.js';
import { judgedSamples } from '../splits.js';
import { judgedImages } from '../work.js';
import { baselinesFor, figureName, measured, output, outputWords } from '../output-option.js';

const options = Type.Object(
  {
    output: output('features'),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      default: 1e-7,
      description: 'Added to each singular value after normalisation by their sum.',
    }),
    samples: Type.Integer({
      minimum: 2,
      default: 5000,
      description: 'Maximum number of images per split, drawn at random if there are more; the rank cannot exceed it.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * RankMe of the features or embeddings of `validation` and `test`, or of `train` when there is neither: between 1 and the width of the
 * features; it falls when dimensions collapse. Needs no labels. `n` in the name is the number of images that were used.
 */
function rankme({ output, epsilon, samples }: Options): FeatureEvaluator {
  return {
    kind: 'features',
    ...measured(output),
    baselines: baselinesFor(output),
    work: sizes => {
      const { dim } = sizes;
      const rows = judgedImages(sizes).map(count => Math.min(count, samples));
      const flops = rows.map(count => 2 * count * dim * Math.min(count, dim) + 10 * Math.min(count, dim) ** 3);
      const most = Math.max(...rows);
      const side = Math.min(most, dim);
      return {
        backendFlops: 0,
        hostFlops: flops.reduce((sum, one) => sum + one, 0),
        bytes: 8 * most * dim + 40 * side * side,
      };
    },
    async evaluate(inputs) {
      const results: EvaluatorResult[] = [];
      const splits = await judgedSamples(inputs, samples);
      for (const { name, features } of splits) {
        const between = () => inputs.progress(results.length, splits.length);
        await between();
        const value = await interruptibleRank({ features, epsilon }, between);
        const { rows } = features;
        const description = `effective rank of the ${outputWords(output)} of ${counted(rows, 'image')}, at most the smaller of this number and of their width; it falls when dimensions collapse (epsilon ${epsilon})`;
        const metric = figureName('rankme', output);
        results.push({ metric: `${metric}@n${rows}`, split: name, value, kind: 'score', description });
      }
      return results;
    },
  };
}

export default defineComponent(slots.evaluator, {
  use: 'rankme',
  description: 'Effective rank of the features: exp of the entropy of their singular values.',
  source: 'arXiv 2210.02885, equations 1 and 2',
  options,
  create: rankme,
});
