import {
  counted,
  defineComponent,
  slots,
  Type,
  type EvaluatorResult,
  type FeatureEvaluator,
  type Static,
} from '@carl-ssl/core';
import { checkSupervised } from '../checks.js';
import { agreement } from '../arrays.js';
import { averagePrecision } from '../maths/average-precision.js';
import { drawPerClass } from '../maths/balanced-draw.js';
import { decisions } from '../maths/squared-hinge.js';
import { median, unitRows } from '../maths/unit-rows.js';
import { chosenCosts, isOf, MachineFitter, type Machines } from '../protocols/machines.js';
import { machineWork } from '../protocols/machine-work.js';
import { drawing, fitting } from '../protocols/one-vs-rest-options.js';
import { drawsText, summary } from '../protocols/summary.js';
import { supervised, take, type LabelledSplit } from '../splits.js';

const options = Type.Object(
  {
    C: Type.Number({
      exclusiveMinimum: 0,
      default: 0.5,
      description:
        'Cost: weight of the loss against the penalty. Used for `shots`, and for all images if the grid is empty.',
    }),
    grid: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
      uniqueItems: true,
      default: [],
      description:
        'Costs to try; for each class, the one with the best average precision in cross-validation on `train` is used. Empty for a fixed C.',
    }),
    ...fitting,
    shots: Type.Array(Type.Integer({ minimum: 1 }), {
      uniqueItems: true,
      default: [],
      description:
        'Numbers of training images per class for few-shot figures, in addition to the figure for all images.',
    }),
    ...drawing,
    interpolation: Type.Union([Type.Literal('none'), Type.Literal('area'), Type.Literal('eleven-point')], {
      default: 'area',
      description:
        'Computation of average precision. none: as scikit-learn. area: area under the precision made monotone (VOC 2010). eleven-point: mean precision at recalls of 0, 0.1, ..., 1 (VOC 2007).',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * Linear support vector machines on frozen features, one for each class against the rest: mean average precision over classes,
 * and accuracy of the class with the largest decision value. Costs are chosen on `train` alone.
 */
function linearSvm(options: Options): FeatureEvaluator {
  const { C, grid, folds, shots, draws } = options;
  return {
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    work: sizes => machineWork(options, sizes),
    async evaluate(inputs) {
      const { train, judged } = await supervised(inputs);
      const [given, splits] = options.normalize ? [unitLength(train), judged.map(unitLength)] : [train, judged];
      const classes = new Set(train.labels).size;
      const fits = classes * (1 + grid.length * folds + shots.length * draws);
      const fitter = new MachineFitter(options, inputs.progress, fits);
      const costs = grid.length === 0 ? undefined : await chosenCosts(fitter, given);
      const whole = await fitter.machines(given, label => costs?.get(label) ?? C);
      const protocol = grid.length === 0 ? `C${C}` : `C-cv${folds}`;
      const words = grid.length === 0 ? `C = ${C}` : 'C chosen by cross-validation';
      const name = { metric: `linear-svm@${protocol}`, words: `on all training images, ${words}` };
      const results = [...figures([whole], splits, options, name)];
      if (costs)
        results.push({ metric: `${name.metric}:C`, split: 'train', value: median(costs.values()), kind: 'setting' });
      for (const count of shots) {
        const drawn: Machines[] = [];
        let images = 0;
        for (let draw = 0; draw < draws; draw++) {
          const part = take(given, drawPerClass(train.labels, count, inputs.random));
          images = part.labels.length;
          drawn.push(await fitter.machines(part, () => C));
        }
        const metric = `linear-svm${count}shot@n${images}C${C}x${draws}`;
        const of = `on ${counted(count, 'training image')} of each class, C = ${C}, ${drawsText(draws)}`;
        results.push(...figures(drawn, splits, options, { metric, words: of }));
      }
      return results;
    },
  };
}

function figures(
  draws: readonly Machines[],
  splits: readonly LabelledSplit[],
  { interpolation }: Options,
  { metric, words }: { readonly metric: string; readonly words: string },
): readonly EvaluatorResult[] {
  return splits.flatMap(split => {
    const judgements = draws.map(machines => judgement(machines, split, interpolation));
    const { name } = split;
    return [
      ...summary(
        {
          ...{ metric: `${metric}:map-${interpolation}`, split: name, kind: 'score' },
          description: `mean average precision of linear support vector machines ${words}`,
        },
        judgements.map(({ precision }) => precision),
      ),
      ...summary(
        {
          ...{ metric, split: name, kind: 'accuracy' },
          description: `accuracy of linear support vector machines ${words}`,
        },
        judgements.map(({ accuracy }) => accuracy),
      ),
    ];
  });
}

/** Mean average precision over the classes of a split, and accuracy. A class without a machine counts as 0. */
function judgement(machines: Machines, { features, labels }: LabelledSplit, interpolation: Options['interpolation']) {
  const values = new Map([...machines].map(([label, weights]) => [label, decisions(features, weights)]));
  const precisions = [...new Set(labels)].map(label => {
    const own = values.get(label);
    return own ? averagePrecision(own, isOf(labels, label), interpolation) : 0;
  });
  const predictions = labels.map((_, row) => {
    const [first, ...others] = values;
    return others.reduce((most, one) => (one[1][row] > most[1][row] ? one : most), first)[0];
  });
  const precision = precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
  return { precision, accuracy: agreement(predictions, labels) };
}

function unitLength(split: LabelledSplit): LabelledSplit {
  return { ...split, features: unitRows(split.features) };
}

export default defineComponent(slots.evaluator, {
  use: 'linear-svm',
  description:
    'Linear support vector machines on frozen features, one for each class against the rest: mean average precision and accuracy, also with few images per class.',
  source:
    'arXiv 1905.01235 (VOC07 protocol, costs by cross-validation); github.com/sthalles/carp, evaluations/few-shot (C = 0.5, few shots)',
  options,
  requires: () => ['labels'],
  check: (_, facts) => checkSupervised(facts),
  create: linearSvm,
});
