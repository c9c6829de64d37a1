import {
  CarlError,
  defineComponent,
  error,
  slots,
  type EvaluatorResult,
  type Facts,
  type FeatureEvaluator,
  type FeatureEvaluatorInputs,
  type Finding,
  type Random,
  type SplitName,
} from '@carl-ssl/core';
import { median, unitRows } from '../maths/unit-rows.js';
import {
  meanPrecision,
  OneVsRest,
  partOf,
  precisionOf,
  type Classifiers,
  type MarkedSplit,
} from '../protocols/one-vs-rest.js';
import { machineWork } from '../protocols/machine-work.js';
import { options, type Options } from '../protocols/multi-label-options.js';
import { summary } from '../protocols/summary.js';
import { wholeSplit } from '../splits.js';

interface NamedSplit extends MarkedSplit {
  readonly name: SplitName;
}

/**
 * Linear classifiers on frozen features for images with any number of labels, one for each class against the rest: mean
 * average precision. Values of C are chosen on `train` alone.
 */
function multiLabelLinear(options: Options): FeatureEvaluator {
  const { C, grid, folds, shots, draws } = options;
  return {
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    work: sizes => machineWork(options, sizes),
    async evaluate(inputs) {
      const { train, judged } = await markedSplits(inputs, options);
      const fits = train.classes * (1 + grid.length * folds + shots.length * draws);
      const fitter = new OneVsRest(options, inputs.progress, fits);
      const costs =
        grid.length === 0 ? undefined : await chosenCosts(fitter, train, { options, random: inputs.random });
      const whole = await fitter.all(train, label => costs?.[label] ?? C);
      const metric = `${nameOf(options)}@${costs ? `C-cv${folds}` : `C${C}`}`;
      const words = `on all training images, ${costs ? 'C chosen by cross-validation' : `C = ${C}`}`;
      const results = [...figures([whole], judged, { options, metric, words })];
      if (costs) results.push({ metric: `${metric}:C`, split: 'train', value: median(costs), kind: 'setting' });
      for (const count of shots) {
        const drawn: Classifiers[] = [];
        let images = 0;
        for (let draw = 0; draw < draws; draw++) {
          const part = partOf(train, drawnPlaces(train, count, inputs.random));
          images = Math.max(images, part.features.rows);
          drawn.push(await fitter.all(part, () => C));
        }
        const few = `${nameOf(options)}${count}shot@n${images}C${C}x${draws}`;
        const of = `on ${count} training images of each class, C = ${C}, mean of ${draws} draws`;
        results.push(...figures(drawn, judged, { options, metric: few, words: of }));
      }
      return results;
    },
  };
}

function nameOf({ loss, difficult }: Options): string {
  return `multi-label-${loss === 'logistic' ? 'logistic' : 'svm'}${difficult === 'exclude' ? '-exclude' : ''}`;
}

/** @throws CarlError INPUT_DATA without training images of several labels, or images to measure on */
async function markedSplits(
  inputs: FeatureEvaluatorInputs,
  { normalize, difficult }: Options,
): Promise<{ readonly train: MarkedSplit; readonly judged: readonly NamedSplit[] }> {
  const marked: NamedSplit[] = [];
  for (const name of ['train', 'validation', 'test'] as const) {
    const set = inputs[name];
    if (!set?.multiLabels || set.length === 0) continue;
    const { features } = await wholeSplit(inputs, name);
    const given = set.multiLabels;
    const marks = difficult === 'negative' ? given.map(mark => Math.max(0, mark)) : given;
    if (marks.includes(1))
      marked.push({
        name,
        features: normalize ? unitRows(features) : features,
        marks,
        classes: given.length / set.length,
      });
  }
  const [train, ...judged] = marked;
  if (marked.length >= 2 && train.name === 'train') return { train, judged };
  throw new CarlError(
    'INPUT_DATA',
    'This evaluator needs images with labels in `train`, and in `validation` or `test`. Check the tables of labels.',
  );
}

/** For each class, the value of C with the best mean average precision over the folds; of equal ones, the smallest. */
async function chosenCosts(
  fitter: OneVsRest,
  train: MarkedSplit,
  { options, random }: { readonly options: Options; readonly random: Random },
): Promise<readonly number[]> {
  const costs = [...options.grid].sort((a, b) => a - b);
  const sums = Array.from({ length: train.classes }, () => costs.map(() => 0));
  const order = random.permutation(train.features.rows);
  for (let fold = 0; fold < options.folds; fold++) {
    const [learned, held] = [false, true].map(isHeld =>
      partOf(
        train,
        order.filter((_, i) => (i % options.folds === fold) === isHeld),
      ),
    );
    for (const [label, sum] of sums.entries()) {
      let start: Float64Array | undefined;
      for (const [i, C] of costs.entries()) {
        start = await fitter.one(learned, label, { C, start });
        sum[i] += precisionOf(start, { split: held, label }, options.interpolations[0]);
      }
    }
  }
  return sums.map(sum => costs[sum.indexOf(Math.max(...sum))]);
}

/** Places of `count` images of each class, or of all that it has; an image drawn for several classes counts once. */
function drawnPlaces({ marks, classes, features }: MarkedSplit, count: number, random: Random): Int32Array {
  const order = random.permutation(features.rows);
  const places = Array.from({ length: classes }, (_, label) =>
    [...order.filter(row => marks[row * classes + label] === 1)].slice(0, count),
  );
  return Int32Array.from(new Set(places.flat())).sort();
}

interface Naming {
  readonly options: Options;
  readonly metric: string;
  readonly words: string;
}

function figures(
  draws: readonly Classifiers[],
  splits: readonly NamedSplit[],
  { options, metric, words }: Naming,
): readonly EvaluatorResult[] {
  const kind = options.loss === 'logistic' ? 'logistic regressions' : 'support vector machines';
  return splits.flatMap(split =>
    options.interpolations.flatMap(form =>
      summary(
        {
          ...{ metric: `${metric}:map-${form}`, split: split.name, kind: 'score' },
          description: `mean average precision of linear ${kind}, one for each class, ${words}`,
        },
        draws.map(classifiers => meanPrecision(classifiers, split, form)),
      ),
    ),
  );
}

function check({ grid, folds }: Options, { splits, trainImages = 0 }: Facts): readonly Finding[] {
  if (splits === undefined) return [];
  const isMarked = (name: SplitName) => splits[name]?.multiLabelClasses !== undefined && splits[name].images > 0;
  if (!isMarked('validation') && !isMarked('test'))
    return [error('EVALUATOR_NO_SPLIT', '', 'There is neither a `validation` nor a `test` split with labels to measure on. Give the dataset one of them, or remove this evaluator.')]; // prettier-ignore
  if (grid.length === 0 || trainImages >= folds) return [];
  return [error('MULTI_LABEL_FEW_IMAGES', 'folds', `${folds} parts cannot be made of ${trainImages} training images. Choose fewer.`)]; // prettier-ignore
}

export default defineComponent(slots.evaluator, {
  use: 'multi-label-linear',
  knownAs: ['VOC07 SVM', 'multi-label linear probe'],
  description:
    'Linear classifiers for images with any number of labels, one for each class against the rest: mean average precision, also with few images per class.',
  source:
    'arXiv 1905.01235 (VOC07 protocol, costs by cross-validation); github.com/sthalles/carp, evaluations/few-shot (C = 0.5, few shots)',
  options,
  requires: () => ['multi-labels'],
  check,
  create: multiLabelLinear,
});
