import {
  Components,
  counted,
  defineComponent,
  slots,
  Type,
  warning,
  type EvaluationSizes,
  type EvaluatorResult,
  type Finding,
  type ProtocolEvaluator,
  type ProtocolWork,
  type Refusal,
  type Static,
} from '@carl-ssl/core';
import { checkSeparable } from '../checks.js';
import { existsSync } from 'node:fs';
import { fineTune, workOf, type Draw, type FineTuning, type Tuned } from '../protocols/fine-tuning.js';
import { refuseSubset, subsetLength, subsetName, subsetOptions, subsetPlaces } from '../protocols/subset-options.js';
import { drawsText, summary } from '../protocols/summary.js';
import { partsOf, trainingOf, type TrainingParts } from '../protocols/training.js';
import { augmenter, batchSize, epochs, optimizer, schedule, validateEvery } from '../protocols/training-options.js';
import { workCounter } from '../protocols/work-counter.js';

const options = Type.Object(
  {
    subsets: Type.Array(
      Type.Object(
        {
          ...subsetOptions,
          encoderRate: Type.Number({
            minimum: 0,
            default: 0.02,
            description: 'Initial learning rate of the encoder. 0 keeps its weights, but not its running statistics.',
          }),
          classifierRate: Type.Number({
            exclusiveMinimum: 0,
            default: 5,
            description: 'Initial learning rate of the classifier.',
          }),
        },
        { additionalProperties: false },
      ),
      {
        minItems: 1,
        uniqueItems: true,
        default: [
          { share: 0.01, encoderRate: 0.02, classifierRate: 5 },
          { share: 0.1, encoderRate: 0.01, classifierRate: 0.2 },
        ],
        description:
          'Labelled subsets of the training images. Each has one of share (fraction of the images), perClass (number per class) and file (text file that lists them), and the learning rates encoderRate and classifierRate. The defaults are 1% and 10% with the learning rates of SwAV.',
      },
    ),
    draws: Type.Integer({
      minimum: 1,
      default: 3,
      description:
        'Number of trainings for each subset, over which the accuracy is averaged. Each draws its own images (if not listed in a file), initial classifier, order and views.',
    }),
    epochs: epochs(20),
    batchSize,
    validateEvery,
    optimizer: optimizer({ use: 'sgd', momentum: 0.9, weightDecay: 0 }),
    schedule: schedule({ use: 'step', milestones: [12, 16], factor: 0.2 }),
    augmenter,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;
type Subset = Options['subsets'][number];

/**
 * Semi-supervised evaluation: the encoder and a linear classifier on its features are trained on few labelled images, with
 * batch statistics and augmented views, and evaluated on `validation` and `test` in evaluation mode. The best epoch is chosen
 * on `validation`; the last one involves no choice.
 */
function fineTuneEvaluator(options: Options, parts: TrainingParts): ProtocolEvaluator {
  return {
    kind: 'protocol',
    baselines: ['untrained'],
    work: sizes => protocolWork(options, sizes),
    async evaluate(inputs) {
      const shared = { ...options, ...trainingOf(inputs, parts) };
      const draws = await drawsOf(options, shared);
      const total = draws.flat().reduce((sum, { places }) => sum + workOf(shared, places), 0);
      const tuning: FineTuning = { ...shared, tick: workCounter(inputs.progress, total) };
      const results: EvaluatorResult[] = [];
      for (const [i, subset] of options.subsets.entries()) {
        const tuned: Tuned[] = [];
        for (const draw of draws[i]) tuned.push(await fineTune(tuning, draw));
        results.push(...resultsOf(subset, { draws: draws[i], tuned, epochs: options.epochs }));
      }
      return results;
    },
  };
}

async function protocolWork(options: Options, sizes: EvaluationSizes): Promise<ProtocolWork> {
  const { subsets, draws, epochs, validateEvery, batchSize } = options;
  const { validation, test } = sizes.images;
  const plain = validation * Math.ceil(epochs / validateEvery) + test * (validation > 0 ? 2 : 1);
  const lengths: number[] = [];
  for (const subset of subsets) lengths.push(await subsetLength(subset, sizes));
  return {
    plain: plain * draws * subsets.length,
    views: 0,
    trained: epochs * draws * lengths.reduce((sum, length) => sum + length, 0),
    batch: Math.min(batchSize, Math.max(...lengths)),
  };
}

async function drawsOf(
  { subsets, draws }: Options,
  { inputs, splits }: Pick<FineTuning, 'inputs' | 'splits'>,
): Promise<readonly (readonly Draw[])[]> {
  const drawOf = async (subset: Subset, number: number): Promise<Draw> => {
    const name = subsetName(subset);
    const places = await subsetPlaces(subset, splits.train, inputs.streams.at(`${name} subset`, number));
    const { encoderRate, classifierRate } = subset;
    return { subset: name, number, places, encoderRate, classifierRate };
  };
  const all = [];
  for (const subset of subsets) {
    const own = [];
    for (let number = 0; number < draws; number++) own.push(await drawOf(subset, number));
    all.push(own);
  }
  return all;
}

/** The draws of a subset and their accuracies. */
interface Finished {
  readonly draws: readonly Draw[];
  readonly tuned: readonly Tuned[];
  readonly epochs: number;
}

function resultsOf(subset: Subset, { draws, tuned, epochs }: Finished): readonly EvaluatorResult[] {
  const [{ places }] = draws;
  const rates = `${subset.encoderRate}/${subset.classifierRate}`;
  const metric = `fine-tune${subsetName(subset)}@n${places.length}e${epochs}lr${rates}x${draws.length}`;
  const figures = (which: 'last' | 'best', words: string) =>
    (['validation', 'test'] as const).flatMap(split => {
      const values = tuned.map(one => one[which]?.bySplit[split]).filter(value => value !== undefined);
      const description = `accuracy after fine-tuning encoder and classifier on ${counted(places.length, 'labelled image')}, ${words}, ${drawsText(draws.length)}`;
      const figure = { metric: `${metric}:${which}`, split, kind: 'accuracy', description } as const;
      return values.length === 0 ? [] : summary(figure, values);
    });
  const chosen = tuned.flatMap(({ best }) => (best ? [best.epoch] : []));
  return [
    ...figures('last', `last of ${counted(epochs, 'epoch')}`),
    ...figures('best', `best epoch on validation of ${epochs}`),
    ...(chosen.length === 0
      ? []
      : summary({ metric: `${metric}:best:epoch`, split: 'validation', kind: 'setting' }, chosen)),
  ];
}

function refuse({ subsets }: Options): readonly Refusal[] {
  return subsets.flatMap((subset, i) => refuseSubset(subset, `subsets.${i}`));
}

/** Warns of lists that are missing, since the evaluator reads them only after the training. */
function check({ subsets }: Options): readonly Finding[] {
  return subsets.flatMap(({ file }, i) =>
    file === undefined || existsSync(file)
      ? []
      : [
          warning(
            'SUBSET_MISSING',
            `subsets.${i}.file`,
            `There is no file ${file}. Create it before the evaluation starts.`,
          ),
        ],
  );
}

export default defineComponent(slots.evaluator, {
  use: 'fine-tune',
  description:
    'Semi-supervised evaluation: the whole network is trained on few labelled images; accuracy after the last and the best epoch.',
  source:
    'arXiv 2006.09882 (SwAV), section 4.1 and github.com/facebookresearch/swav, eval_semisup.py; arXiv 2002.05709 (SimCLR), appendix B.5',
  options,
  requires: () => ['labels'],
  refuse,
  check: (options, facts) => [...check(options), ...checkSeparable(facts)],
  inject: { components: Components },
  create: (options, { components }) => fineTuneEvaluator(options, partsOf(options, components)),
});
