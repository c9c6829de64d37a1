import type { DiskTensors } from '../tensor/weight-layout.js';
import { loadWeights } from '../train/checkpoint.js';
import { linesOf, lockDifferences, workersDifference } from './lock-differences.js';
import { pipelineDifferences } from './pipeline-differences.js';
import type { RunRecord } from './read-run.js';
import { checkpointPlace } from './run-changes.js';

/** Differences between a run and its repetition. */
export interface RunComparison {
  readonly identical: boolean;
  /** Steps whose losses were compared. */
  readonly steps: number;
  /** First step whose loss differs. */
  readonly firstDifference?: number;
  readonly largestLossDifference: number;
  /** Largest difference of any weight at the end. */
  readonly largestWeightDifference: number;
  /** Differences of the locks, one line each. */
  readonly environmentDifferences: readonly string[];
}

/** Compares two finished runs bit by bit: the loss of every step and all weights at the end. */
export async function compareRuns(a: RunRecord, b: RunRecord): Promise<RunComparison> {
  const [losses, repeated] = [await lossesOf(a), await lossesOf(b)];
  const differing = [...losses].filter(([step, loss]) => repeated.get(step) !== loss);
  const largestWeightDifference = await weightDifference(a, b);
  return {
    identical: differing.length === 0 && losses.size === repeated.size && largestWeightDifference === 0,
    steps: losses.size,
    ...(differing.length > 0 && { firstDifference: differing[0][0] }),
    largestLossDifference: differing.reduce(
      (most, [step, loss]) => Math.max(most, Math.abs(loss - (repeated.get(step) ?? NaN))),
      0,
    ),
    largestWeightDifference,
    environmentDifferences: environmentDifferences(a, b),
  };
}

/** Differences of the locks; of pipelines, the values that differ. */
function environmentDifferences(a: RunRecord, b: RunRecord): readonly string[] {
  const pipelines = pipelineDifferences(a.pipeline, b.pipeline).map(line => `pipeline ${line}`);
  const environment = linesOf(lockDifferences(a.lock, { ...b.lock, pipeline: a.lock.pipeline }));
  return [...pipelines, ...environment, ...workersDifference(a.lock, b.lock)];
}

export function formatComparison(comparison: RunComparison): string {
  const { identical, steps, firstDifference, largestLossDifference, largestWeightDifference, environmentDifferences } =
    comparison;
  if (identical) return `reproduced: ${String(steps)} losses and all weights are the same to the last bit`;
  const lines = [
    `not reproduced: ${firstDifference === undefined ? 'all losses are the same' : `losses differ from step ${String(firstDifference)} on, by up to ${largestLossDifference.toPrecision(3)}`}; ` +
      `weights at the end by up to ${largestWeightDifference.toPrecision(3)}`,
  ];
  if (environmentDifferences.length > 0)
    lines.push('differences of the environment:', ...environmentDifferences.map(line => `  ${line}`));
  return lines.join('\n');
}

async function lossesOf({ metrics }: RunRecord): Promise<Map<number, number>> {
  const losses = new Map<number, number>();
  for await (const { step, loss } of metrics.of('step')) losses.set(step, loss);
  return losses;
}

/** Largest difference of the last weights; infinite if the runs did not end at the same step, or their networks differ. */
async function weightDifference(a: RunRecord, b: RunRecord): Promise<number> {
  const [last, repeated] = [a.checkpoints.at(-1), b.checkpoints.at(-1)];
  if (last === undefined || last.step !== repeated?.step) return Infinity;
  const [before, after] = [
    await loadWeights(checkpointPlace(last.path, a.lock)),
    await loadWeights(checkpointPlace(repeated.path, b.lock)),
  ];
  const layout = (weights: DiskTensors) =>
    JSON.stringify(Object.entries(weights).map(([name, { shape }]) => [name, shape]));
  if (layout(before) !== layout(after)) return Infinity;
  return Object.keys(before).reduce(
    (most, name) => Math.max(most, largestDifference(before[name].data, after[name].data)),
    0,
  );
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}
