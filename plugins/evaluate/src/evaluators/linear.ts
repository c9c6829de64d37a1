import {
  defineComponent,
  slots,
  Type,
  type EvaluationControl,
  type EvaluatorResult,
  type FeatureEvaluator,
} from '@carl-ssl/core';
import { agreement } from '../arrays.js';
import { checkSeparable } from '../checks.js';
import { LinearProbe } from '../maths/linear-probe.js';
import { baselinesFor, figureName, measured, output, type MeasuredOutput } from '../output-option.js';
import { supervised, type LabelledSplit, type Supervised } from '../splits.js';
import { probeWork } from '../work.js';

interface Options {
  readonly output: MeasuredOutput;
  readonly C: number;
  readonly grid: readonly number[];
}

const PROBE = 'accuracy of a logistic regression on standardised features';

type Name = Pick<EvaluatorResult, 'metric' | 'description'>;

/** A fitted setting of C and its accuracies, one for every evaluated split. */
interface Fitted {
  readonly C: number;
  readonly accuracies: readonly EvaluatorResult[];
}

/**
 * Linear probe: multinomial logistic regression on standardised features of `train`, evaluated on `validation` and
 * `test`. With a `validation` split, C is the value of the grid with the best accuracy there (the smallest of equal
 * ones), so the accuracy on `validation` is optimistic and only that on `test` is unbiased. The probe is not refitted
 * on both splits. Without a `validation` split, C is fixed.
 */
function linear(options: Options): FeatureEvaluator {
  return {
    kind: 'features',
    ...measured(options.output),
    baselines: baselinesFor(options.output),
    work: sizes => {
      const { images } = sizes;
      const fits = images.validation > 0 ? Math.max(1, options.grid.length) : 1;
      return probeWork(sizes, { rows: images.train, fits });
    },
    async evaluate(inputs) {
      const splits = await supervised(inputs);
      const probe = new LinearProbe(splits.train);
      try {
        return await results({ probe, progress: inputs.progress }, splits, options);
      } finally {
        probe.dispose();
      }
    },
  };
}

/** A probe, and the progress of fitting it. */
interface Fitting {
  readonly probe: LinearProbe;
  readonly progress: EvaluationControl['progress'];
}

async function results(
  { probe, progress }: Fitting,
  splits: Supervised,
  { output, C, grid }: Options,
): Promise<readonly EvaluatorResult[]> {
  const fit = async (value: number, name: Name, done: number): Promise<Fitted> => {
    await probe.fit(value, () => progress(done, Math.max(1, grid.length)));
    return { C: value, accuracies: accuraciesOf(probe, splits.judged, name) };
  };
  if (splits.validation === undefined || grid.length === 0) {
    const name = { metric: `${figureName('linear', output)}@C${C}`, description: `${PROBE}, C = ${C}` };
    return (await fit(C, name, 0)).accuracies;
  }
  const metric = `${figureName('linear', output)}@C-validation`;
  const name = { metric, description: `${PROBE}, C chosen on validation` };
  const tried: Fitted[] = [];
  // From the strongest penalty to the weakest, so that every fit starts near its optimum.
  for (const value of [...grid].sort((a, b) => a - b)) tried.push(await fit(value, name, tried.length));
  const best = tried.reduce((a, b) => (onValidation(b) > onValidation(a) ? b : a));
  return [...best.accuracies, { metric: `${metric}:C`, split: 'validation', value: best.C, kind: 'setting' }];
}

function accuraciesOf(probe: LinearProbe, judged: readonly LabelledSplit[], figure: Name): EvaluatorResult[] {
  return judged.map(({ name, features, labels }) => ({
    ...figure,
    split: name,
    value: agreement(probe.predict(features), labels),
    kind: 'accuracy',
  }));
}

function onValidation({ accuracies }: Fitted): number {
  return accuracies.find(({ split }) => split === 'validation')!.value;
}

export default defineComponent(slots.evaluator, {
  use: 'linear',
  knownAs: ['logistic regression', 'linear probe'],
  description: 'Linear probe: accuracy of logistic regression on standardised features.',
  source: 'arXiv 2103.00020, appendix A.3 (L-BFGS, penalty chosen on validation)',
  options: Type.Object(
    {
      output: output('features'),
      C: Type.Number({
        exclusiveMinimum: 0,
        default: 1,
        description:
          'Inverse regularisation strength; the penalty is |W|^2 / (2 C N). Used if there is no `validation` split or the grid is empty.',
      }),
      grid: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
        uniqueItems: true,
        default: [0.001, 0.01, 0.1, 1, 10],
        description: 'Values of C to try; the best one on `validation` is used. Empty for a fixed C.',
      }),
    },
    { additionalProperties: false },
  ),
  requires: () => ['labels'],
  check: (_, facts) => checkSeparable(facts),
  create: linear,
});
