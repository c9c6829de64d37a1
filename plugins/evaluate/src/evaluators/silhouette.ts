import { Type } from 'typebox';
import { defineComponent, slots, type Evaluator } from '@carl-ssl/core';
import { directions, unitRows } from '../maths/directions.js';
import { groupedSilhouette } from '../maths/silhouette.js';
import { labelledSplits, sample, type LabelledSplit } from '../splits.js';

/**
 * Mean silhouette of the classes of `validation` and `test`, or of `train` when there is neither, by Euclidean distance of
 * features at unit length.
 */
function silhouette({ samples }: { samples: number }): Evaluator {
  return {
    needsLabels: true,
    async evaluate(inputs) {
      return labelledSplits(inputs).map(split => {
        const value = ofSplit(sample(split, samples, inputs.random));
        return { metric: 'silhouette', split: split.name, value, kind: 'score' };
      });
    },
  };
}

function ofSplit({ features, labels }: LabelledSplit): number {
  const unit = unitRows(directions(features), new Float32Array(features.data.length));
  return groupedSilhouette({ ...features, data: unit }, labels);
}

export default defineComponent(slots.evaluator, {
  use: 'silhouette',
  description: 'How much closer features are to their own class than to the nearest other one, from -1 to 1.',
  source: 'Rousseeuw 1987',
  options: Type.Object(
    {
      samples: Type.Integer({
        minimum: 3,
        default: 2000,
        description: 'Images drawn at random where a split has more.',
      }),
    },
    { additionalProperties: false },
  ),
  requires: () => ['labels'],
  create: silhouette,
});
