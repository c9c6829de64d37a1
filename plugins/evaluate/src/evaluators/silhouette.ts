import {
  counted,
  defineComponent,
  error,
  slots,
  Type,
  type EvaluatorResult,
  type Facts,
  type FeatureEvaluator,
  type Finding,
} from '@carl-ssl/core';
import { judgedFacts } from '../checks.js';
import { directions, unitRows } from '../maths/directions.js';
import { groupedSilhouette } from '../maths/silhouette.js';
import { judgedSamples, labelled, type LabelledSplit } from '../splits.js';
import { stepByStep, type Stepwise } from '../stepwise.js';
import { pairwiseWork } from '../work.js';

/**
 * Mean silhouette of the classes of `validation` and `test`, or of `train` when there is neither, by Euclidean distance of
 * features at unit length. `n` in the name is the number of images that were used.
 */
function silhouette({ samples }: { samples: number }): FeatureEvaluator {
  return {
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    work: sizes => pairwiseWork(sizes, samples),
    async evaluate(inputs) {
      const results: EvaluatorResult[] = [];
      for (const split of labelled(await judgedSamples(inputs, samples))) {
        const { rows } = split.features;
        const value = await stepByStep(ofSplit(split), done => inputs.progress(done, rows));
        const description = `separation of the classes of ${counted(rows, 'image')}, from -1 to 1; larger is better`;
        results.push({ metric: `silhouette@n${rows}`, split: split.name, value, kind: 'score', description });
      }
      return results;
    },
  };
}

function ofSplit({ features, labels }: LabelledSplit): Stepwise<number> {
  const unit = unitRows(directions(features), new Float32Array(features.data.length));
  return groupedSilhouette({ ...features, data: unit }, labels);
}

function check(facts: Facts): readonly Finding[] {
  const unfit = judgedFacts(facts).find(
    ({ images, classes }) => classes !== undefined && (classes < 2 || classes >= images),
  );
  if (!unfit) return [];
  const message = `Split \`${unfit.name}\` has ${counted(unfit.images, 'image')} of ${counted(unfit.classes!, 'class', 'classes')}. A silhouette needs at least 2 classes and fewer classes than images. Remove this evaluator, or give the split more images.`;
  return [error('SILHOUETTE_CLASSES', '', message)];
}

export default defineComponent(slots.evaluator, {
  use: 'silhouette',
  description: 'How much closer features are to their own class than to the nearest other class, from -1 to 1.',
  source: 'Rousseeuw 1987',
  options: Type.Object(
    {
      samples: Type.Integer({
        minimum: 3,
        default: 2000,
        description: 'Maximum number of images per split, drawn at random if there are more.',
      }),
    },
    { additionalProperties: false },
  ),
  requires: () => ['labels'],
  check: (_, facts) => check(facts),
  create: silhouette,
});
