import {
  counted,
  defineComponent,
  slots,
  Type,
  type EvaluationWork,
  type EvaluatorResult,
  type FeatureEvaluator,
} from '@carl-ssl/core';
import { agreement } from '../arrays.js';
import { checkSeparable } from '../checks.js';
import { balancedDraw } from '../maths/balanced-draw.js';
import { LinearProbe } from '../maths/linear-probe.js';
import { drawsText, summary } from '../protocols/summary.js';
import { supervised, take, type Supervised } from '../splits.js';
import { probeWork } from '../work.js';

interface Options {
  readonly shares: readonly number[];
  readonly draws: number;
  readonly C: number;
}

/**
 * Linear probe with few labels: fitted to class-balanced parts of `train`, evaluated on `validation` and `test`; the
 * mean over the draws, and with several their standard deviation as `...:deviation`. Nothing is selected on any split. `n` in
 * the name is the number of labelled images of a draw, at least one of every class, which may be more than the share.
 */
function lowShotLinear({ shares, draws, C }: Options): FeatureEvaluator {
  return {
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    work: sizes => {
      const works = shares.map(share => {
        const rows = Math.max(sizes.classes, share * sizes.images.train);
        return probeWork(sizes, { rows, fits: draws });
      });
      const sum = (key: keyof EvaluationWork) => works.reduce((total, work) => total + work[key], 0);
      return { backendFlops: sum('backendFlops'), hostFlops: sum('hostFlops'), bytes: sum('bytes') };
    },
    async evaluate(inputs) {
      const splits = await supervised(inputs);
      const results: EvaluatorResult[] = [];
      for (const [index, share] of shares.entries()) {
        const fits: Fit[] = [];
        for (let draw = 0; draw < draws; draw++) {
          const progress = () => inputs.progress(index * draws + draw, shares.length * draws);
          const places = balancedDraw(splits.train.labels, share, inputs.random);
          fits.push(await fitTo(splits, { places, C, progress }));
        }
        const description = `accuracy of a logistic regression on ${counted(fits[0].images, 'labelled training image')}, ${drawsText(draws)}`;
        const metric = `low-shot-linear${Number((100 * share).toPrecision(6))}%@n${fits[0].images}C${C}x${draws}`;
        for (const [place, { name: split }] of splits.judged.entries()) {
          const accuracies = fits.map(fit => fit.accuracies[place]);
          results.push(...summary({ metric, description, split, kind: 'accuracy' }, accuracies));
        }
      }
      return results;
    },
  };
}

/** A fit to one draw. */
interface Fit {
  /** Number of labelled images. */
  readonly images: number;
  /** One for every evaluated split. */
  readonly accuracies: readonly number[];
}

async function fitTo(
  { train, judged }: Supervised,
  { places, C, progress }: { places: Int32Array; C: number; progress: () => Promise<void> },
): Promise<Fit> {
  const probe = new LinearProbe(take(train, places));
  try {
    await probe.fit(C, progress);
    const accuracies = judged.map(({ features, labels }) => agreement(probe.predict(features), labels));
    return { images: places.length, accuracies };
  } finally {
    probe.dispose();
  }
}

export default defineComponent(slots.evaluator, {
  use: 'low-shot-linear',
  formerly: { uses: ['semi-supervised'] },
  description: 'Linear probe with few labels: mean accuracy over random class-balanced subsets of the training images.',
  source: 'arXiv 2204.07141 (logistic regression on few labels, mean over draws)',
  options: Type.Object(
    {
      shares: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 1 }), {
        minItems: 1,
        uniqueItems: true,
        default: [0.01, 0.1],
        description: 'Fractions of the training images whose labels are used; at least one image per class.',
      }),
      draws: Type.Integer({
        minimum: 1,
        default: 5,
        description: 'Number of random subsets per fraction, over which the accuracy is averaged.',
      }),
      C: Type.Number({
        exclusiveMinimum: 0,
        default: 1,
        description: 'Inverse regularisation strength; the penalty is |W|^2 / (2 C N).',
      }),
    },
    { additionalProperties: false },
  ),
  requires: () => ['labels'],
  check: (_, facts) => checkSeparable(facts),
  create: lowShotLinear,
});
