import { activateBackend, chosenBackend } from '../backend/activate.js';
import {
  Evaluator,
  type EvaluationSizes,
  type FeatureEvaluator,
  type ProtocolEvaluator,
  type ProtocolWork,
} from '../contracts/evaluator.js';
import { MOST_AT_ONCE } from '../data/bounded-read.js';
import { blockLength } from '../evaluate/plain-block.js';
import type { Subject } from '../evaluate/results.js';
import { baselinesOf, evaluatedImages } from './baselines.js';
import { openUntrained } from './evaluation-subjects.js';
import { hostRate, productRate, timedTrial, TRIAL_IMAGES, viewTime, type EvaluationTrial } from './evaluation-trial.js';
import type { Experiment } from './experiment.js';
import type { Plan } from './plan.js';
import { PASSES } from './step-memory.js';

/** Duration and memory of an evaluation, all subjects together. */
export interface EvaluationEstimate {
  /** Seconds for the features of all subjects and splits, and for the evaluators. */
  readonly seconds: number;
  /** Largest resident size of the process. */
  readonly peakBytes: number;
  /** Evaluators that are not counted, because they give no estimate of their work. */
  readonly uncounted: readonly string[];
}

/** Seconds that the forward pass of the trial may take, if the backend estimates it. */
const LONGEST_TRIAL = 10;
/** Bytes of code, of images in their stored size, and of results not yet collected. */
const OVERHEAD = 80 * 2 ** 20;
const BYTES = 4;
/** Copies of the encoder's weights in a training: values, gradients, momentum, and those of the best epoch. */
const WEIGHT_COPIES = 4;

/**
 * Estimates the evaluation after a training from a timed trial: features of a few images on the untrained encoder, with
 * the work that evaluators state. Activates the pipeline's backend. Returns undefined without evaluators, or where the
 * trial itself would take long.
 * @throws CarlError INPUT_DATA, BACKEND_UNAVAILABLE
 */
export async function estimateEvaluation(experiment: Experiment, plan: Plan): Promise<EvaluationEstimate | undefined> {
  const { services, loaded, pipeline } = experiment;
  const evaluators = services.all(Evaluator);
  if (evaluators.length === 0 || (await isTooLong(experiment, plan))) return undefined;
  await activateBackend(pipeline.backend, loaded.catalogue);
  const encoder = openUntrained(experiment);
  try {
    const speed = await speedOf(experiment, evaluators, await timedTrial(experiment, encoder.features));
    const subjects = ['trained', ...baselinesOf(pipeline, evaluatedImages(experiment))] as const;
    const costs: SubjectCost[] = [];
    for (const subject of subjects) {
      const applied = evaluators.filter(one => isApplied(one, subject));
      costs.push(await costOf({ subject, evaluators: applied, isFirst: subject === 'trained' }, experiment, speed));
    }
    const uncounted = evaluators.flatMap((one, i) => (one.work ? [] : [pipeline.evaluate[i].use]));
    const bytes = Math.max(...costs.map(cost => cost.bytes));
    const peakBytes = process.memoryUsage.rss() + OVERHEAD + MOST_AT_ONCE * speed.storedBytes + bytes;
    return { seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0), peakBytes, uncounted };
  } finally {
    encoder.close();
  }
}

function isApplied(evaluator: Evaluator, subject: Subject): boolean {
  return subject === 'trained' || evaluator.baselines.some(name => name === subject);
}

/** True if the backend's own estimate of the trial is too high. */
async function isTooLong({ pipeline, loaded, shape }: Experiment, plan: Plan): Promise<boolean> {
  const { backend } = await chosenBackend(pipeline.backend, loaded.catalogue);
  const flops = (plan.flopsPerStep / (shape.batchSize * pipeline.trainer.accumulate * PASSES)) * TRIAL_IMAGES;
  const estimate = backend.estimate?.({ flops, bytes: 0 });
  return estimate !== undefined && estimate.seconds > LONGEST_TRIAL;
}

/** Speeds measured on this machine. */
interface Speed extends EvaluationTrial {
  /** Seconds to read an image and make its views; 0 if no evaluator does. */
  readonly viewing: number;
  /** Floating-point operations per second of the backend and of JavaScript. */
  readonly backendRate: number;
  readonly hostRate: number;
}

async function speedOf(
  experiment: Experiment,
  evaluators: readonly Evaluator[],
  trial: EvaluationTrial,
): Promise<Speed> {
  const hasViews = evaluators.some(({ kind }) => kind === 'protocol');
  return {
    ...trial,
    viewing: hasViews ? await viewTime(experiment) : 0,
    backendRate: await productRate(),
    hostRate: await hostRate(),
  };
}

interface SubjectCost {
  readonly seconds: number;
  /** Bytes at the peak beside the process as it is before the evaluation. */
  readonly bytes: number;
}

interface EvaluatedSubject {
  readonly subject: Subject;
  readonly evaluators: readonly Evaluator[];
  /** True if its images have not been read before. */
  readonly isFirst: boolean;
}

async function costOf(
  { subject, evaluators, isFirst }: EvaluatedSubject,
  experiment: Experiment,
  speed: Speed,
): Promise<SubjectCost> {
  const sizes = sizesOf(experiment, subject);
  const ofFeatures = evaluators.filter(isOfFeatures);
  const works = ofFeatures.flatMap(one => (one.work ? [one.work(sizes)] : []));
  const protocols: ProtocolWork[] = [];
  for (const one of evaluators.filter(isProtocol)) if (one.work) protocols.push(await one.work(sizes));
  const reading = isFirst ? speed.reading : speed.rereading;
  const features = evaluatedImages(experiment).count * (reading + (subject === 'pixels' ? 0 : speed.forward));
  const seconds = [
    ofFeatures.length > 0 ? features : 0,
    ...works.map(({ backendFlops, hostFlops }) => backendFlops / speed.backendRate + hostFlops / speed.hostRate),
    ...protocols.map(work => protocolSeconds(work, speed)),
  ];
  const bytes = [...works.map(work => work.bytes), ...protocols.map(work => trainingBytes(work, experiment))];
  return {
    seconds: seconds.reduce((sum, one) => sum + one, 0),
    bytes:
      (ofFeatures.length > 0 ? featureBytes(experiment, subject) : 0) +
      Math.max(blockBytes(experiment, subject), ...bytes),
  };
}

function isOfFeatures(evaluator: Evaluator): evaluator is FeatureEvaluator {
  return evaluator.kind === 'features';
}

function isProtocol(evaluator: Evaluator): evaluator is ProtocolEvaluator {
  return evaluator.kind === 'protocol';
}

function protocolSeconds({ plain, views, trained }: ProtocolWork, speed: Speed): number {
  const { rereading, forward, viewing } = speed;
  return plain * (rereading + forward) + views * (viewing + forward) + trained * (viewing + PASSES * forward);
}

/** Bytes of a batch in training with its weights. */
function trainingBytes({ batch }: ProtocolWork, experiment: Experiment): number {
  const { network, shape } = experiment;
  const weights = network.encoder
    .weights(shape.image)
    .reduce((sum, spec) => sum + spec.shape.reduce((a, b) => a * b, 1), 0);
  return BYTES * (batch * activationsOf(experiment) + (batch === 0 ? 1 : WEIGHT_COPIES) * weights);
}

function activationsOf({ network, shape }: Experiment): number {
  return network.encoder.cost(shape.image).reduce((sum, cost) => sum + cost.activations, 0);
}

function sizesOf(experiment: Experiment, subject: Subject): EvaluationSizes {
  const { train, held, dataset, shape } = experiment;
  const images = { train: train.length, validation: held.validation?.length ?? 0, test: held.test?.length ?? 0 };
  return { images, dim: dimOf(subject, shape), classes: dataset.classCount ?? 1 };
}

function dimOf(subject: Subject, { image, featureDim }: Experiment['shape']): number {
  return subject === 'pixels' ? image[0] * image[1] * image[2] : featureDim;
}

/** Bytes of the features of a subject; more are stored in a file. */
function featureBytes(experiment: Experiment, subject: Subject): number {
  return Math.min(2 ** 30, evaluatedImages(experiment).count * dimOf(subject, experiment.shape) * BYTES);
}

/** Bytes of a block of images on its way through the encoder. */
function blockBytes(experiment: Experiment, subject: Subject): number {
  const { train, shape } = experiment;
  if (subject === 'pixels') return 0;
  return Math.min(train.length, blockLength(shape.image)) * activationsOf(experiment) * BYTES;
}
