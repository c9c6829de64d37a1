import {
  defineComponent,
  error,
  slots,
  Type,
  type EvaluatorResult,
  type Facts,
  type FeatureEvaluator,
  type FeatureEvaluatorInputs,
  type FeatureSet,
  type Finding,
} from '@carl-ssl/core';
import { checkJudgedClasses } from '../checks.js';
import { clusteringResults, type ClusteredSplit } from '../clustering-results.js';
import { purity } from '../maths/purity.js';
import { AssignmentSummary } from '../maths/assignment-summary.js';
import { checkClasses, judgedLabels, notFinite } from '../splits.js';
import { judgedImages } from '../work.js';

/**
 * The assignments p of the network as clusters: each image of `validation` and `test`, or of `train` when there is neither,
 * belongs to its most probable prototype. Gives the scores of `clustering`, purity, the number of prototypes that are used, the mean
 * entropy of p and the entropy of the mean p. Several sets of prototypes have figures of their own.
 */
function assignments(): FeatureEvaluator {
  return {
    kind: 'features',
    output: 'assignments',
    baselines: ['untrained'],
    work: sizes => {
      const rows = judgedImages(sizes).reduce((sum, count) => sum + count, 0);
      return { backendFlops: 0, hostFlops: 10 * rows * sizes.dim, bytes: 2 ** 25 + 8 * rows };
    },
    async evaluate(inputs) {
      const results: EvaluatorResult[] = [];
      for (const { name, labels } of judgedLabels(inputs)) {
        checkClasses({ name, labels }, inputs.classCount);
        results.push(...(await ofSplit(inputs[name]!, { name, labels }, inputs)));
      }
      return results;
    },
  };
}

async function ofSplit(
  set: FeatureSet,
  split: Pick<ClusteredSplit, 'name' | 'labels'>,
  { prototypeSets = [set.dim], progress }: FeatureEvaluatorInputs,
): Promise<readonly EvaluatorResult[]> {
  const summaries = prototypeSets.map(count => new AssignmentSummary(count, set.length));
  for await (const { from, rows } of set.blocks()) {
    await progress(from, set.length);
    const bad = rows.findIndex(value => !Number.isFinite(value));
    if (bad >= 0) throw notFinite(split.name, from + Math.floor(bad / set.dim));
    let column = 0;
    for (const summary of summaries) {
      summary.add({ from, data: rows, stride: set.dim, column });
      column += summary.count;
    }
  }
  const results: EvaluatorResult[] = [];
  for (const [place, summary] of summaries.entries()) {
    const { count, clusters } = summary;
    const which = summaries.length > 1 ? ` of set ${place + 1}` : '';
    const protocol = `assignments${count}${summaries.length > 1 ? `-set${place + 1}` : ''}`;
    const words = `clusters of the images with the same most probable one of ${count} prototypes${which}`;
    const report = () => progress(set.length, set.length);
    results.push(...(await clusteringResults({ ...split, clusters }, { protocol, words }, report)));
    results.push(...figuresOf(summary, split, { protocol, which }));
  }
  return results;
}

/** Figures that only assignments have. */
function figuresOf(
  { count, clusters, used, meanEntropy, entropyOfMean }: AssignmentSummary,
  { name: split, labels }: Pick<ClusteredSplit, 'name' | 'labels'>,
  { protocol, which }: { readonly protocol: string; readonly which: string },
): readonly EvaluatorResult[] {
  const score = (metric: string, value: number, description: string): EvaluatorResult => ({
    ...{ metric: `${metric}@${protocol}`, split, value, kind: 'score', description },
  });
  const to = `to ${count} prototypes${which}, in nats`;
  return [
    score('purity', purity(labels, clusters), 'share of images of the most frequent class of their prototype'),
    score('used', used, `number of the ${count} prototypes${which} that are the most probable one of an image`),
    score('entropy', meanEntropy, `mean entropy of an image's assignment ${to}, at most ${Math.log(count).toFixed(2)}`),
    score('mean-entropy', entropyOfMean, `entropy of the mean assignment ${to}; small values show a collapse`),
  ];
}

function check(facts: Facts): readonly Finding[] {
  const { provided, uses } = facts;
  const classes = checkJudgedClasses(facts);
  if (provided === undefined || provided.has('prototypes') || provided.has('prototype-scores')) return classes;
  const { assigner } = uses;
  if (assigner === undefined) return classes;
  const message = `The assigner \`${assigner}\` has no prototypes that last beyond a step, so images cannot be assigned to them after training. Remove this evaluator, or use an assigner with prototypes, such as \`prototypes\` or \`sinkhorn\`.`;
  return [error('ASSIGNMENTS_NO_PROTOTYPES', '', message), ...classes];
}

export default defineComponent(slots.evaluator, {
  use: 'assignments',
  knownAs: ['prototype-clusters'],
  description:
    "The network's own assignments as clusters: each image belongs to its most probable prototype. All scores of `clustering`, purity, number of used prototypes, entropies.",
  source: 'arXiv 2112.15421 (assignments of CARL); Manning et al. 2008, section 16.3 (purity)',
  options: Type.Object({}, { additionalProperties: false }),
  requires: () => ['assignments', 'labels'],
  check: (_, facts) => check(facts),
  create: assignments,
});
