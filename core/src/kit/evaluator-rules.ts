import type { Evaluator, EvaluatorResult } from '../contracts/evaluator.js';
import { trial } from './evaluator-trial.js';
import { leaked, leakProblem } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';
import type { TrialConditions } from './trial.js';

/** Rules for evaluators of both kinds. */
export const evaluatorRules: readonly Rule<Evaluator>[] = [
  { name: 'declares its kind and its baselines', check: declaration },
  { name: 'gives finite results, accuracies between 0 and 1', check: figures },
  { name: 'gives the same results for the same images', check: repeatable },
  { name: 'gives the same results for images in another order', check: orderOfImages },
  { name: 'selects nothing by the test split', check: blindToTest },
  { name: 'works without labels unless it requires them', check: withoutLabels },
  { name: 'ends when it is interrupted', check: interrupted },
  { name: 'leaves features, weights and tensors as they were', check: unchanged },
];

const BASELINES = { features: ['untrained', 'pixels'], protocol: ['untrained'] };
const OUTPUTS = { features: ['features', 'embeddings', 'assignments'], protocol: ['features', 'embeddings'] };

function declaration({ make }: Subject<Evaluator>): string[] {
  const { kind, baselines, output = 'features' } = make() as Record<'kind' | 'baselines' | 'output', unknown>;
  if (kind !== 'features' && kind !== 'protocol') return [`its kind is ${String(kind)}, neither features nor protocol`];
  if (!Array.isArray(baselines)) return ['its `baselines` are not a list'];
  if (!OUTPUTS[kind].includes(output as string)) return [`${String(output)} is not an output for the kind ${kind}`];
  const allowed = output === 'features' ? BASELINES[kind] : ['untrained'];
  return baselines
    .filter(baseline => !allowed.includes(baseline as string))
    .map(baseline => `${String(baseline)} is not a baseline of ${kind === 'protocol' ? 'a protocol' : String(output)}`);
}

async function figures({ make }: Subject<Evaluator>): Promise<string[]> {
  const { results } = await trial(make());
  const names = results.map(({ metric, split }) => `${metric} ${split}`);
  return [
    ...unless(
      [results.length > 0, 'it gives no result'],
      [new Set(names).size === names.length, 'it gives one result twice'],
    ),
    ...results.flatMap(({ metric, value, kind }) =>
      unless(
        [Number.isFinite(value), `${metric} is ${value}`],
        [kind !== 'accuracy' || (value >= 0 && value <= 1), `${metric} is an accuracy of ${value}`],
      ),
    ),
  ];
}

async function repeatable({ make }: Subject<Evaluator>): Promise<string[]> {
  const [first, again] = [await trial(make()), await trial(make())];
  return differences(first.results, again.results, 0).map(problem => `the second time ${problem}`);
}

/** Results that depend on random draws also depend on the order of the images, so they are not compared. */
async function orderOfImages({ make }: Subject<Evaluator>): Promise<string[]> {
  const first = await trial(make());
  if (first.hasDrawn) return [];
  const other = await trial(make(), { reordered: true });
  return differences(first.results, other.results, 0.02).map(problem => `with the images in another order ${problem}`);
}

/** Figures and settings of other splits do not depend on the test images. */
async function blindToTest({ make }: Subject<Evaluator>): Promise<string[]> {
  const kept = async (conditions: TrialConditions) =>
    (await trial(make(), conditions)).results.filter(({ split }) => split !== 'test');
  const [first, other] = [await kept({}), await kept({ otherTest: true })];
  return differences(first, other, 0).map(problem => `with other test images ${problem}`);
}

async function withoutLabels({ make, component, options }: Subject<Evaluator>): Promise<string[]> {
  const needed = component.requires?.(options) ?? [];
  if (needed.includes('labels') || needed.includes('multi-labels')) return [];
  const { results } = await trial(make(), { labels: false });
  return unless([
    results.length > 0,
    "it gives no result without labels; if it needs them, declare `requires: () => ['labels']`",
  ]);
}

async function interrupted({ make }: Subject<Evaluator>): Promise<string[]> {
  const interruption = new Error('interrupted');
  let error: unknown;
  const left = await leaked(async () => {
    await trial(make(), { interruption }).catch((reason: unknown) => (error = reason));
  });
  if (error === undefined) return ['it does not await `progress`, or ignores its error'];
  return [
    ...unless([error === interruption, `it throws another error than \`progress\`: ${messageOf(error)}`]),
    ...leakProblem(left, 'an interrupted `evaluate`'),
  ];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error);
}

async function unchanged({ make }: Subject<Evaluator>): Promise<string[]> {
  const { isUnchanged, leaked: left } = await trial(make());
  return [
    ...unless([isUnchanged, 'it changes features or weights that it borrows']),
    ...leakProblem(left, '`evaluate`'),
  ];
}

function differences(a: readonly EvaluatorResult[], b: readonly EvaluatorResult[], tolerance: number): string[] {
  return a.flatMap(({ metric, split, value }) => {
    const other = b.find(one => one.metric === metric && one.split === split)?.value;
    const close = other !== undefined && Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(value));
    return unless([close, `${metric} of ${split} is ${String(other)}, not ${value}`]);
  });
}
