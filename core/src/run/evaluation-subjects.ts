import { Streams } from '../contracts/random.js';
import { encoderFeatures, pixelFeatures } from '../evaluate/features.js';
import { subjectLabel, type NetworkName } from '../evaluate/results.js';
import type { EvaluationSubject, OpenSubject } from '../evaluate/run-evaluators.js';
import { WeightStore } from '../tensor/weight-store.js';
import { loadWeights, type CheckpointPlace } from '../train/checkpoint.js';
import type { Experiment } from './experiment.js';
import { baselinesOf, evaluatedImages } from './baselines.js';

/** Where the trained weights are. */
export interface TrainedWeights {
  readonly checkpoint: CheckpointPlace;
  readonly network: NetworkName | undefined;
}

/** The trained encoder and the baselines that the pipeline asks for, in the order in which they are evaluated. */
export function evaluationSubjects(
  experiment: Experiment,
  { checkpoint, network }: TrainedWeights,
): readonly EvaluationSubject[] {
  const { shape, pipeline, initial } = experiment;
  const subject = (key: EvaluationSubject['key'], open: EvaluationSubject['open']): EvaluationSubject => ({
    key,
    label: subjectLabel(key, { network, ...(initial && { initialWeights: true }) }),
    open,
  });
  const open = {
    untrained: () => Promise.resolve(openUntrained(experiment)),
    pixels: () => Promise.resolve({ features: pixelFeatures(shape.image), close: () => undefined }),
  };
  return [
    subject('trained', async () => openEncoder(experiment, await trainedStore(experiment, { checkpoint, network }))),
    ...baselinesOf(pipeline, evaluatedImages(experiment)).map(baseline => subject(baseline, open[baseline])),
  ];
}

/** The encoder before the first step. */
export function openUntrained(experiment: Experiment): OpenSubject {
  return openEncoder(experiment, initialStore(experiment));
}

/** Weights of the encoder before training: random, or the initial weights of the pipeline. */
function initialStore({ network, shape, initial, services }: Experiment): WeightStore {
  const store = new WeightStore();
  store.add('encoder', network.encoder.weights(shape.image), services.get(Streams));
  if (initial) store.load(initial.tensors, initial.path);
  return store;
}

async function trainedStore(
  experiment: Experiment,
  { checkpoint, network = 'student' }: TrainedWeights,
): Promise<WeightStore> {
  const stored = await loadWeights(checkpoint, network);
  const weights = Object.entries(stored).filter(([name]) => name.startsWith('encoder.'));
  const store = initialStore({ ...experiment, initial: undefined });
  try {
    store.load(Object.fromEntries(weights), checkpoint.folder);
  } catch (error) {
    store.dispose();
    throw error;
  }
  return store;
}

function openEncoder({ network: { encoder, collective }, shape }: Experiment, store: WeightStore): OpenSubject {
  return {
    features: encoderFeatures(encoder, store.pass('encoder', false, collective)),
    stored: { encoder, image: shape.image, store, collective },
    close: () => {
      store.dispose();
    },
  };
}
