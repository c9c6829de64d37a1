import {
  CarlError,
  Components,
  counted,
  defineComponent,
  slots,
  Type,
  type EvaluatorResult,
  type ProtocolEvaluator,
  type SplitName,
  type Static,
} from '@carl-ssl/core';
import { checkSeparable } from '../checks.js';
import { LinearClassifiers, type Candidate, type LinearTraining } from '../protocols/linear-training.js';
import { partsOf, trainingOf, type TrainingParts } from '../protocols/training.js';
import { augmenter, batchSize, epochs, optimizer, schedule, validateEvery } from '../protocols/training-options.js';
import { workCounter } from '../protocols/work-counter.js';

const options = Type.Object(
  {
    learningRates: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
      minItems: 1,
      uniqueItems: true,
      default: [0.3],
      description:
        'Initial learning rates. A classifier is trained with each, all on the same features; of several, the best on `validation` is used.',
    }),
    epochs: epochs(100),
    batchSize,
    validateEvery,
    optimizer: optimizer({ use: 'sgd', momentum: 0.9, weightDecay: 1e-6 }),
    schedule: schedule({ use: 'cosine', convention: 'exclusive' }),
    augmenter,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** A classifier that was chosen, with its accuracy on `validation`. */
interface Chosen extends Candidate {
  readonly epoch: number;
  readonly validation: number;
}

/**
 * Linear probe as papers train it: by gradient descent on augmented views, the encoder frozen in evaluation mode. The learning
 * rate, and for `best` the epoch too, are chosen on `validation`. Without that split nothing is chosen: every learning rate
 * has its own figure after the last epoch.
 */
function linearSgd(options: Options, parts: TrainingParts): ProtocolEvaluator {
  return {
    kind: 'protocol',
    baselines: ['untrained'],
    work: ({ images: { train, validation, test } }) => ({
      ...{ plain: validation + test, views: options.epochs * train, trained: 0, batch: 0 },
    }),
    async evaluate(inputs) {
      const training = trainingOf(inputs, parts);
      const { train, validation, test } = training.splits;
      const total =
        options.epochs * train.images.length + (validation?.images.length ?? 0) + (test?.images.length ?? 0);
      const classifiers = new LinearClassifiers({
        ...options,
        ...training,
        tick: workCounter(inputs.progress, total),
      });
      let best: Chosen | undefined;
      let last: Chosen | undefined;
      try {
        for (let epoch = 1; epoch <= options.epochs; epoch++) {
          await classifiers.train(epoch);
          if (!validation || (epoch % options.validateEvery !== 0 && epoch !== options.epochs)) continue;
          const chosen = largest(await classifiers.onValidation(validation));
          if (epoch === options.epochs) last = { ...chosen, epoch, weights: classifiers.weights };
          if (best && !(chosen.validation > best.validation)) continue;
          best?.weights.dispose();
          best = { ...chosen, epoch, weights: classifiers.weights.copy() };
        }
        if (last && best) return await chosenResults(options, { classifiers, test, last, best });
        return await allResults(options, classifiers, test!);
      } finally {
        best?.weights.dispose();
        classifiers.dispose();
      }
    },
  };
}

type Test = LinearTraining['splits']['test'];

/** The largest accuracy, of equal ones that of the first classifier. A classifier that diverged has the least. */
function largest(accuracies: readonly number[]): Pick<Chosen, 'classifier' | 'validation'> {
  const comparable = accuracies.map(accuracy => (Number.isNaN(accuracy) ? -1 : accuracy));
  const validation = Math.max(...comparable);
  return { classifier: comparable.indexOf(validation), validation };
}

async function chosenResults(
  options: Options,
  { classifiers, test, last, best }: { classifiers: LinearClassifiers; test: Test; last: Chosen; best: Chosen },
): Promise<readonly EvaluatorResult[]> {
  const { learningRates } = options;
  const atTest = test && (await classifiers.accuracies(test, [last, best]));
  const hasChoice = learningRates.length > 1;
  const name = nameOf(options, hasChoice ? '-validation' : String(learningRates[0]));
  return [last, best].flatMap(({ classifier, epoch, validation }, i) => {
    const which = i === 0 ? 'last' : 'best';
    const metric = `${name}:${which}`;
    const rate = hasChoice ? 'learning rate chosen on validation' : `learning rate ${learningRates[0]}`;
    const when =
      i === 0 ? `last of ${counted(options.epochs, 'epoch')}` : `best epoch on validation of ${options.epochs}`;
    const accuracy = accuracyOf(options, { metric, words: `${rate}, ${when}` });
    const setting = (key: string, value: number): EvaluatorResult => ({
      ...{ metric: `${metric}:${key}`, split: 'validation', value, kind: 'setting' },
    });
    return [
      accuracy('validation', validation),
      ...(atTest ? [accuracy('test', atTest[i])] : []),
      ...(hasChoice ? [setting('learningRate', learningRates[classifier])] : []),
      ...(which === 'best' ? [setting('epoch', epoch)] : []),
    ];
  });
}

/** Figures of all learning rates after the last epoch. */
async function allResults(
  options: Options,
  classifiers: LinearClassifiers,
  test: NonNullable<Test>,
): Promise<readonly EvaluatorResult[]> {
  const { learningRates } = options;
  const candidates = learningRates.map((_, classifier) => ({ classifier, weights: classifiers.weights }));
  const accuracies = await classifiers.accuracies(test, candidates);
  return learningRates.map((rate, i) => {
    const metric = `${nameOf(options, String(rate))}:last`;
    const words = `learning rate ${rate}, last of ${counted(options.epochs, 'epoch')}`;
    return accuracyOf(options, { metric, words })('test', accuracies[i]);
  });
}

function nameOf({ optimizer, epochs, batchSize }: Options, rate: string): string {
  return `linear-${optimizer.use}@e${epochs}b${batchSize}lr${rate}`;
}

/** @throws CarlError TRAIN_NOT_FINITE for the accuracy of a classifier that diverged */
function accuracyOf({ optimizer }: Options, { metric, words }: { metric: string; words: string }) {
  const description = `accuracy of a linear classifier trained by ${optimizer.use} on augmented views, ${words}`;
  return (split: SplitName, value: number): EvaluatorResult => {
    if (Number.isNaN(value) || value < 0)
      throw new CarlError('TRAIN_NOT_FINITE', `The classifiers of ${metric} diverged. Lower \`learningRates\`.`);
    return { metric, split, value, kind: 'accuracy', description };
  };
}

export default defineComponent(slots.evaluator, {
  use: 'linear-sgd',
  description:
    'Linear probe trained by SGD (or LARS) on augmented views, as papers report it; accuracy after the last and the best epoch. The defaults are those of SwAV.',
  source:
    'arXiv 2006.09882 (SwAV), section 4.1 and github.com/facebookresearch/swav, eval_linear.py; github.com/sthalles/carp, evaluations/linear (LARS)',
  options,
  requires: () => ['labels'],
  check: (_, facts) => checkSeparable(facts),
  inject: { components: Components },
  create: (options, { components }) => linearSgd(options, partsOf(options, components)),
});
