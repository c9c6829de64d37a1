import { tmpdir } from 'node:os';
import type { ExportedWeights } from '../contracts/exporter.js';
import { CarlError } from '../errors/carl-error.js';
import type { Results } from '../evaluate/results.js';
import { evaluateSubjects } from '../run/evaluate-subjects.js';
import { evaluationSubjects } from '../run/evaluation-subjects.js';
import type { Experiment } from '../run/experiment.js';
import { openExperiment } from '../run/open-pipeline.js';
import { noStore } from '../run/results-store.js';
import { featureDifference, withWeights } from './check-export.js';
import type { TrainedNetwork } from './trained-network.js';

/** A figure of the encoder with its own weights and with rounded ones. */
interface LossFigure {
  readonly metric: string;
  readonly split: string;
  readonly full: number;
  readonly rounded: number;
}

/** Loss by the rounding of weights. */
export interface PrecisionLoss {
  /** Largest difference of the features of random images, as a fraction of the largest feature. */
  readonly difference: number;
  readonly figures: readonly LossFigure[];
  /** Reason why there are no figures. */
  readonly reason?: string;
}

/** Applies the evaluators of the pipeline to the encoder with its own weights and with rounded ones. */
export async function precisionLoss(network: TrainedNetwork, weights: ExportedWeights): Promise<PrecisionLoss> {
  const rounded = withWeights(network, weights);
  const difference = await featureDifference(network, rounded);
  try {
    const experiment = { ...(await openExperiment(network.loaded, 'evaluation')), transfer: [], initial: undefined };
    const [full, other] = [await evaluated(experiment, network), await evaluated(experiment, rounded)];
    const figures = full.trained.map(({ metric, split, value }, i) => ({ metric, split, full: value, rounded: other.trained[i].value })); // prettier-ignore
    const [failure] = full.status.flatMap(one => (one.status === 'failed' ? [one.reason] : []));
    return { difference, figures, ...(figures.length === 0 && { reason: failure ?? 'the data have no labels' }) };
  } catch (error) {
    if (!CarlError.is(error)) throw error;
    return { difference, figures: [], reason: error.message };
  }
}

function evaluated(experiment: Experiment, { weights, head }: TrainedNetwork): Promise<Results> {
  const subjects = evaluationSubjects(experiment, weights, head).filter(({ key }) => key === 'trained');
  return evaluateSubjects(experiment, { subjects, head, store: noStore, folder: tmpdir() });
}

/** Lines that state the loss, for the card of the model and the terminal. */
export function lossLines({ difference, figures, reason }: PrecisionLoss): readonly string[] {
  return [
    `The features of random images differ by at most ${difference.toExponential(1)} of the largest.`,
    ...figures.map(({ metric, split, full, rounded }) => `${metric} on ${split}: ${full.toFixed(4)} with float32, ${rounded.toFixed(4)} with float16.`), // prettier-ignore
    ...(reason === undefined ? [] : [`The loss in accuracy was not measured: ${reason}`]),
  ];
}
