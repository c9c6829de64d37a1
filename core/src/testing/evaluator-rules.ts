import type { Evaluator, EvaluatorInputs, EvaluatorResult, FeatureSet } from '../contracts/evaluator.js';
import { permuteRows, streams } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';
import type { Random } from '../contracts/random.js';

/** What holds for evaluators. */
export const evaluatorRules: readonly Rule<Evaluator>[] = [
  { name: 'gives finite figures, shares between 0 and 1', check: figures },
  { name: 'gives the same figures for the same features', check: repeatable },
  { name: 'does not care for the order of the images', check: orderOfImages },
  { name: 'chooses nothing by the test split', check: blindToTest },
  { name: 'works without labels if it says so', check: withoutLabels },
];

const [CLASSES, DIM] = [4, 8];

/** Normal clouds far from each other, so that any sensible judgement of them is the same whatever is drawn. */
function clouds(purpose: string, perClass: number): FeatureSet {
  const random = streams.at(purpose);
  const length = perClass * CLASSES;
  const labels = Int32Array.from({ length }, (_, i) => i % CLASSES);
  const features = Float32Array.from({ length: length * DIM }, (_, i) => {
    const isOwnAxis = i % DIM === labels[Math.floor(i / DIM)];
    return (isOwnAxis ? 6 : 0) + 0.5 * random.normal();
  });
  return { features, length, dim: DIM, labels };
}

function inputsOf(change: Partial<EvaluatorInputs> = {}): EvaluatorInputs {
  const sets = { train: clouds('train', 30), validation: clouds('validation', 10), test: clouds('test', 10) };
  return { ...sets, classCount: CLASSES, random: streams.at('evaluate'), ...change };
}

async function figures({ make }: Subject<Evaluator>): Promise<string[]> {
  const results = await make().evaluate(inputsOf());
  const names = results.map(({ metric, split }) => `${metric} ${split}`);
  return [
    ...unless(
      [results.length > 0, 'it gives no figure'],
      [new Set(names).size === names.length, 'it gives one figure twice'],
    ),
    ...results.flatMap(({ metric, value, kind }) =>
      unless(
        [Number.isFinite(value), `${metric} is ${value}`],
        [kind !== 'accuracy' || (value >= 0 && value <= 1), `${metric} is a share of ${value}`],
      ),
    ),
  ];
}

async function repeatable({ make }: Subject<Evaluator>): Promise<string[]> {
  const [first, again] = [await make().evaluate(inputsOf()), await make().evaluate(inputsOf())];
  return differences(first, again, 0).map(problem => `the second time ${problem}`);
}

/** An evaluator that draws images draws others when they are in another order: nothing can be said of it then. */
async function orderOfImages({ make }: Subject<Evaluator>): Promise<string[]> {
  const { train, validation, test } = inputsOf();
  if (await draws(make())) return [];
  const moved = { train: reordered(train), validation: reordered(validation!), test: reordered(test!) };
  const [first, other] = [await make().evaluate(inputsOf()), await make().evaluate(inputsOf(moved))];
  return differences(first, other, 0.02).map(problem => `with the images in another order ${problem}`);
}

async function draws(evaluator: Evaluator): Promise<boolean> {
  let drawn = false;
  const random = inputsOf().random;
  const watched = Object.fromEntries(
    Object.entries(random).map(([name, draw]) => [
      name,
      (...given: number[]) => {
        drawn = true;
        return (draw as (...given: number[]) => unknown)(...given);
      },
    ]),
  ) as unknown as Random;
  await evaluator.evaluate(inputsOf({ random: watched }));
  return drawn;
}

function reordered(set: FeatureSet): FeatureSet {
  const order = streams.at('order', set.length).permutation(set.length);
  return {
    ...set,
    features: permuteRows(set.features, set.dim, order),
    labels: set.labels && permuteRows(set.labels, 1, order),
  };
}

/** Whatever the test images are, figures and settings of other splits stay. */
async function blindToTest({ make }: Subject<Evaluator>): Promise<string[]> {
  const test = clouds('another test', 10);
  const wrong = { ...test, labels: test.labels!.map(label => (label + 1) % CLASSES) };
  const [first, other] = [await make().evaluate(inputsOf()), await make().evaluate(inputsOf({ test: wrong }))];
  const kept = (results: readonly EvaluatorResult[]) => results.filter(({ split }) => split !== 'test');
  return differences(kept(first), kept(other), 0).map(problem => `with other test images ${problem}`);
}

async function withoutLabels({ make, component, options }: Subject<Evaluator>): Promise<string[]> {
  const requires = component.requires?.(options) ?? [];
  const evaluator = make();
  if (evaluator.needsLabels)
    return unless([requires.includes('labels'), "it needs labels and does not say so in `requires: () => ['labels']`"]);
  const bare = ({ features, length, dim }: FeatureSet): FeatureSet => ({ features, length, dim });
  const { train, validation, test, random } = inputsOf();
  const results = await evaluator.evaluate({
    train: bare(train),
    validation: bare(validation!),
    test: bare(test!),
    random,
  });
  return unless([results.length > 0, 'it gives no figure without labels']);
}

function differences(a: readonly EvaluatorResult[], b: readonly EvaluatorResult[], tolerance: number): string[] {
  return a.flatMap(({ metric, split, value }) => {
    const other = b.find(one => one.metric === metric && one.split === split)?.value;
    const close = other !== undefined && Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(value));
    return unless([close, `${metric} of ${split} is ${String(other)}, not ${value}`]);
  });
}
