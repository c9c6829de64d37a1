import { activateBackend, chosenBackend } from '../backend/activate.js';
import type {
  EvaluationSizes,
  Evaluator,
  FeatureEvaluator,
  ProtocolEvaluator,
  ProtocolWork,
} from '../contracts/evaluator.js';
import { MOST_AT_ONCE } from '../data/bounded-read.js';
import { layerDim } from '../evaluate/encoder-layer.js';
import type { FeatureMap } from '../evaluate/features.js';
import { blockLength } from '../evaluate/plain-block.js';
import type { Subject } from '../evaluate/results.js';
import { isApplicable, titleOf, type EvaluatedDataset } from '../evaluate/run-evaluators.js';
import { hasEvaluators } from '../schema/skeleton.js';
import { baselinesOf, evaluatedImages } from './baselines.js';
import { evaluatedDatasets } from './evaluated-datasets.js';
import { openUntrained } from './evaluation-subjects.js';
import { hostRate, productRate, timedTrial, TRIAL_IMAGES, viewTime, type EvaluationTrial } from './evaluation-trial.js';
import type { Experiment } from './experiment.js';
import type { Plan } from './plan.js';
import { PASSES } from './memory-parts.js';

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
  const { loaded, pipeline } = experiment;
  if (!hasEvaluators(pipeline) || (await isTooLong(experiment, plan))) return undefined;
  await activateBackend(pipeline.backend, loaded.catalogue);
  const encoder = openUntrained(experiment);
  try {
    const datasets = evaluatedDatasets(experiment).filter(({ evaluators }) => evaluators.length > 0);
    const costs: SubjectCost[] = [];
    for (const dataset of datasets) costs.push(...(await costsOn(dataset, experiment, encoder.features)));
    const uncounted = datasets.flatMap(dataset =>
      dataset.evaluators.flatMap(evaluator => (evaluator.evaluator.work ? [] : [titleOf({ dataset, evaluator })])),
    );
    const bytes = Math.max(...costs.map(cost => cost.bytes));
    const peakBytes = process.memoryUsage.rss() + OVERHEAD + bytes;
    return { seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0), peakBytes, uncounted };
  } finally {
    encoder.close();
  }
}

/** Costs of the evaluators of a dataset on each subject. */
async function costsOn(
  { splits: { train, ...held }, classCount, evaluators: named }: EvaluatedDataset,
  experiment: Experiment,
  features: FeatureMap,
): Promise<readonly SubjectCost[]> {
  const own = { ...experiment, train, held };
  const evaluators = named.map(({ evaluator }) => evaluator);
  const speed = await speedOf(own, evaluators, await timedTrial(own, features));
  const subjects = ['trained', ...baselinesOf(own.pipeline, evaluatedImages(experiment))] as const;
  const classes = classCount ?? (train.multiLabels ? train.multiLabels.length / train.length : 1);
  const costs: SubjectCost[] = [];
  for (const subject of subjects) {
    const applied = evaluators.filter(one => isApplicable(one, subject));
    const isFirst = subject === 'trained';
    costs.push(await costOf({ subject, evaluators: applied, classes, isFirst }, own, speed));
  }
  return costs.map(({ seconds, bytes }) => ({ seconds, bytes: bytes + MOST_AT_ONCE * speed.storedBytes }));
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
  readonly classes: number;
  /** True if its images have not been read before. */
  readonly isFirst: boolean;
}

async function costOf(
  { subject, evaluators, classes, isFirst }: EvaluatedSubject,
  experiment: Experiment,
  speed: Speed,
): Promise<SubjectCost> {
  const sizes = (dim: number) => sizesOf(experiment, dim, classes);
  const ofFeatures = evaluators.filter(isOfFeatures);
  const works = ofFeatures.flatMap(one => (one.work ? [one.work(sizes(dimFor(one, subject, experiment)))] : []));
  const protocols: ProtocolWork[] = [];
  for (const one of evaluators.filter(isProtocol))
    if (one.work) protocols.push(await one.work(sizes(dimOf(subject, experiment, one.layer))));
  const reading = isFirst ? speed.reading : speed.rereading;
  const features = evaluatedImages(experiment).count * (reading + (subject === 'pixels' ? 0 : speed.forward));
  const seconds = [
    // The features of each layer are computed once.
    features * layersOf(ofFeatures).length,
    ...works.map(({ backendFlops, hostFlops }) => backendFlops / speed.backendRate + hostFlops / speed.hostRate),
    ...protocols.map(work => protocolSeconds(work, speed)),
  ];
  const bytes = [...works.map(work => work.bytes), ...protocols.map(work => trainingBytes(work, experiment))];
  return {
    seconds: seconds.reduce((sum, one) => sum + one, 0),
    bytes:
      layersOf(ofFeatures).reduce((sum, layer) => sum + featureBytes(experiment, subject, layer), 0) +
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

function sizesOf({ train, held }: Experiment, dim: number, classes: number): EvaluationSizes {
  const images = { train: train.length, validation: held.validation?.length ?? 0, test: held.test?.length ?? 0 };
  return { images, dim, classes };
}

/** Width of the rows that an evaluator gets. */
function dimFor({ output = 'features', layer }: Evaluator, subject: Subject, experiment: Experiment): number {
  const { embeddingDim, prototypeCount = 0 } = experiment.shape;
  const features = dimOf(subject, experiment, layer);
  return { features, embeddings: embeddingDim, assignments: prototypeCount }[output];
}

/** Width of the features of a layer, of the encoder, or of the pixels. */
function dimOf(subject: Subject, { network, shape: { image } }: Experiment, layer?: string): number {
  return subject === 'pixels' ? image[0] * image[1] * image[2] : layerDim(network.encoder, layer);
}

/** The layers that evaluators measure, each once; undefined for the features of the encoder. */
function layersOf(evaluators: readonly FeatureEvaluator[]): readonly (string | undefined)[] {
  return [...new Set(evaluators.map(({ layer }) => layer))];
}

/** Bytes of the features of a subject; more are stored in a file. */
function featureBytes(experiment: Experiment, subject: Subject, layer?: string): number {
  return Math.min(2 ** 30, evaluatedImages(experiment).count * dimOf(subject, experiment, layer) * BYTES);
}

/** Bytes of a block of images on its way through the encoder. */
function blockBytes(experiment: Experiment, subject: Subject): number {
  const { train, shape } = experiment;
  if (subject === 'pixels') return 0;
  return Math.min(train.length, blockLength(shape.image)) * activationsOf(experiment) * BYTES;
}
