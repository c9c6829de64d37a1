import { Type } from 'typebox';
import {
  defineComponent,
  error,
  slots,
  type EvaluatorResult,
  type Facts,
  type FeatureEvaluator,
  type FeatureEvaluatorInputs,
  type FeatureSet,
  type Finding,
  type SplitName,
} from '@carl-ssl/core';
import { checkJudgedClasses } from '../checks.js';
import { clusteringResults } from '../clustering-results.js';
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
        checkClasses({ name, labels });
        results.push(...(await ofSplit(inputs[name]!, { name, labels }, inputs)));
      }
      return results;
    },
  };
}

async function ofSplit(
  set: FeatureSet,
  { name, labels }: { readonly name: SplitName; readonly labels: Int32Array },
  { prototypeSets = [set.dim], progress }: FeatureEvaluatorInputs,
): Promise<readonly EvaluatorResult[]> {
  const summaries = prototypeSets.map(count => new AssignmentSummary(count, set.length));
  for await (const { from, rows } of set.blocks()) {
    await progress(from, set.length);
    let column = 0;
    for (const summary of summaries) {
      summary.add({ from, data: rows, stride: set.dim, column });
      column += summary.count;
    }
    const bad = rows.findIndex(value => !Number.isFinite(value));
    if (bad >= 0) throw notFinite(name, from + Math.floor(bad / set.dim));
  }
  const report = () => progress(set.length, set.length);
  const results: EvaluatorResult[] = [];
  for (const [place, summary] of summaries.entries()) {
    const protocol = `assignments${summary.count}${summaries.length > 1 ? `-set${place + 1}` : ''}`;
    const which = summaries.length > 1 ? ` of set ${place + 1}` : '';
    const words = `the most probable of ${summary.count} prototypes${which}`;
    results.push(
      ...(await clusteringResults({ name, labels, clusters: summary.clusters }, { protocol, words }, report)),
    );
    const score = (metric: string, value: number, description: string): EvaluatorResult => ({
      ...{ metric: `${metric}@${protocol}`, split: name, value, kind: 'score', description },
    });
    results.push(
      score(
        'purity',
        purity(labels, summary.clusters),
        `share of images whose class is the most frequent one of ${words}`,
      ),
      score('used', summary.used, `number of prototypes${which} that are the most probable one of an image`),
      score(
        'entropy',
        summary.meanEntropy,
        `mean entropy of an image's assignment to ${summary.count} prototypes${which}, in nats, at most ${Math.log(summary.count).toFixed(2)}`,
      ),
      score(
        'mean-entropy',
        summary.entropyOfMean,
        `entropy of the mean assignment to ${summary.count} prototypes${which}, in nats; small values show a collapse`,
      ),
    );
  }
  return results;
}

function check(facts: Facts): readonly Finding[] {
  const { provided, uses } = facts;
  const classes = checkJudgedClasses(facts, 'ASSIGNMENTS_ONE_CLASS');
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
