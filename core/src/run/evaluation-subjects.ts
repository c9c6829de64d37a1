import { Streams } from '../contracts/random.js';
import { encoderAt } from '../evaluate/encoder-layer.js';
import { encoderFeatures, pixelFeatures } from '../evaluate/features.js';
import { outputMap, type OutputSource } from '../evaluate/network-output.js';
import { subjectLabel, type ResultsHead } from '../evaluate/results.js';
import type { EvaluationSubject, OpenSubject } from '../evaluate/run-evaluators.js';
import type { DiskTensors } from '../tensor/weight-layout.js';
import { WeightStore } from '../tensor/weight-store.js';
import type { Experiment } from './experiment.js';
import { baselinesOf, evaluatedImages } from './baselines.js';

/** Weights of the evaluated encoder as stored, with those of other modules. */
export interface EvaluatedWeights {
  readonly tensors: DiskTensors;
  /** File or folder, for messages. */
  readonly source: string;
}

/** The modules of an experiment with their sizes and initial weights. */
type NetworkParts = Pick<Experiment, 'network' | 'shape' | 'services' | 'initial'>;

/** The evaluated encoder and the baselines that the pipeline asks for, in the order in which they are evaluated. */
export function evaluationSubjects(
  experiment: Experiment,
  weights: EvaluatedWeights,
  head: ResultsHead,
): readonly EvaluationSubject[] {
  const { shape, pipeline } = experiment;
  const subject = (key: EvaluationSubject['key'], open: () => OpenSubject): EvaluationSubject => ({
    key,
    label: subjectLabel(key, head),
    open: () => Promise.resolve().then(open),
  });
  const open = {
    untrained: () => openUntrained(experiment),
    pixels: () => ({ features: pixelFeatures(shape.image), close: () => undefined }),
  };
  return [
    subject('trained', () => openTrained(experiment, weights, head)),
    ...baselinesOf(pipeline, evaluatedImages(experiment)).map(baseline => subject(baseline, open[baseline])),
  ];
}

/** The encoder before the first step. */
export function openUntrained(experiment: Experiment): OpenSubject {
  return openEncoder(experiment, initialStore(experiment), { judged: 'student' });
}

/** Weights of the encoder before training: random, or the initial weights of the pipeline. */
function initialStore({ network, shape, initial, services }: NetworkParts): WeightStore {
  const store = new WeightStore();
  store.add('encoder', network.encoder.weights(shape.image), services.get(Streams));
  if (initial) store.load(initial.tensors, initial.path);
  return store;
}

/** The trained encoder. @throws CarlError INPUT_WEIGHTS */
export function openTrained(
  experiment: NetworkParts,
  { tensors, source }: EvaluatedWeights,
  { network = 'student' }: ResultsHead,
): OpenSubject {
  const weights = Object.entries(tensors).filter(([name]) => name.startsWith('encoder.'));
  const store = initialStore({ ...experiment, initial: undefined });
  try {
    store.load(Object.fromEntries(weights), source);
  } catch (error) {
    store.dispose();
    throw error;
  }
  return openEncoder(experiment, store, { judged: network, trained: { tensors, source } });
}

function openEncoder(
  { network, shape, services }: NetworkParts,
  store: WeightStore,
  weights: Pick<OutputSource, 'trained' | 'judged'>,
): OpenSubject {
  const { encoder, collective } = network;
  const featuresAt = (layer?: string) =>
    encoderFeatures(encoderAt(encoder, layer), store.pass('encoder', false, collective));
  return {
    features: featuresAt(),
    layer: featuresAt,
    stored: { encoder, image: shape.image, store, collective },
    output: output => outputMap({ network, shape, streams: services.get(Streams), ...weights }, output),
    close: () => {
      store.dispose();
    },
  };
}
