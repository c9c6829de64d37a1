import type { Augmenter } from '../contracts/augmenter.js';
import type { Dataset, SplitName } from '../contracts/dataset.js';
import type { Evaluator, EvaluatorInputs, EvaluatorResult } from '../contracts/evaluator.js';
import { featuresOf, type Describe } from './features.js';
import type { Streams } from '../contracts/random.js';

/** What is judged and by what. */
export interface EvaluationContext {
  readonly dataset: Dataset;
  readonly augmenter: Augmenter;
  readonly evaluators: readonly Evaluator[];
  readonly streams: Streams;
}

/** All evaluators on the features that `describe` gives of every split. */
export async function runEvaluators(
  describe: Describe,
  { dataset, augmenter, evaluators, streams }: EvaluationContext,
): Promise<readonly EvaluatorResult[]> {
  const features = async (split: SplitName) => {
    const images = await dataset.split(split);
    return images && featuresOf(describe, images, augmenter);
  };
  const train = await features('train');
  if (!train) return [];
  const inputs: Omit<EvaluatorInputs, 'random'> = {
    train,
    validation: await features('validation'),
    test: await features('test'),
    classCount: dataset.classCount,
  };
  const results: EvaluatorResult[] = [];
  for (const [i, evaluator] of evaluators.entries())
    results.push(...(await evaluator.evaluate({ ...inputs, random: streams.at('evaluate', i) })));
  return results;
}

/** Accuracy of always naming the most frequent class, by split. */
export async function chance(dataset: Dataset): Promise<Partial<Record<SplitName, number>>> {
  const shares: Partial<Record<SplitName, number>> = {};
  for (const split of ['validation', 'test'] as const) {
    const labels = (await dataset.split(split))?.labels;
    if (labels) shares[split] = largestShare(labels);
  }
  return shares;
}

function largestShare(labels: Int32Array): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.length;
}
