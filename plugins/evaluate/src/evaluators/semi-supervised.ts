import { Type } from 'typebox';
import { defineComponent, slots, type Evaluator, type EvaluatorResult, type Random } from '@carl-ssl/core';
import { agreement } from '../arrays.js';
import { balancedDraw } from '../maths/balanced-draw.js';
import { LinearProbe } from '../maths/linear-probe.js';
import { supervised, take, type LabelledSplit, type Supervised } from '../splits.js';

interface Options {
  readonly shares: readonly number[];
  readonly draws: number;
  readonly C: number;
}

/**
 * Linear probe with few labels: fitted to class-balanced parts of `train`, judged on `validation` and `test`; the mean over
 * several draws, and their standard deviation as `...:deviation`. Nothing is chosen on any split.
 */
function semiSupervised(options: Options): Evaluator {
  return {
    needsLabels: true,
    async evaluate(inputs) {
      const splits = supervised(inputs);
      return options.shares.flatMap(share => {
        const draws = Array.from({ length: options.draws }, () =>
          accuracies(splits, { share, C: options.C, random: inputs.random }),
        );
        const metric = `semi-supervised${Number((100 * share).toPrecision(6))}%@C${options.C}x${options.draws}`;
        return splits.judged.flatMap((split, place) =>
          summary(
            metric,
            split,
            draws.map(draw => draw[place]),
          ),
        );
      });
    },
  };
}

/** Accuracy on every judged split after fitting to one draw. */
function accuracies(
  { train, judged }: Supervised,
  { share, C, random }: { share: number; C: number; random: Random },
): number[] {
  const probe = new LinearProbe(take(train, balancedDraw(train.labels, share, random)));
  try {
    probe.fit(C);
    return judged.map(({ features, labels }) => agreement(probe.predict(features), labels));
  } finally {
    probe.dispose();
  }
}

function summary(metric: string, { name: split }: LabelledSplit, values: readonly number[]): EvaluatorResult[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return [
    { metric, split, value: mean, kind: 'accuracy' },
    { metric: `${metric}:deviation`, split, value: Math.sqrt(variance), kind: 'setting' },
  ];
}

export default defineComponent(slots.evaluator, {
  use: 'semi-supervised',
  description: 'Linear probe with few labels: mean accuracy over random class-balanced parts of the training images.',
  source: 'arXiv 2002.05709, section 6 (1% and 10% of the labels)',
  options: Type.Object(
    {
      shares: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 1 }), {
        minItems: 1,
        uniqueItems: true,
        default: [0.01, 0.1],
        description: 'Shares of the training images whose labels are used; at least one image of every class.',
      }),
      draws: Type.Integer({
        minimum: 1,
        default: 5,
        description: 'Random parts of each share that the accuracy is averaged over.',
      }),
      C: Type.Number({
        exclusiveMinimum: 0,
        default: 1,
        description: 'Inverse strength of the penalty on the weights, |W|^2 / (2 C N).',
      }),
    },
    { additionalProperties: false },
  ),
  requires: () => ['labels'],
  create: semiSupervised,
});
