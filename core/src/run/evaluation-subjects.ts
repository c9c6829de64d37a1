import { Streams } from '../contracts/random.js';
import { encoderFeatures, pixelFeatures } from '../evaluate/features.js';
import { outputMap, type OutputSource } from '../evaluate/network-output.js';
import { subjectLabel, type NetworkName } from '../evaluate/results.js';
import type { EvaluationSubject, OpenSubject } from '../evaluate/run-evaluators.js';
import { WeightStore } from '../tensor/weight-store.js';
import { loadWeights, type CheckpointPlace } from '../train/checkpoint.js';
import type { Experiment } from './experiment.js';
import { baselinesOf } from './baselines.js';

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
    subject('trained', async () => openTrained(experiment, { checkpoint, network })),
    ...baselinesOf(pipeline, shape.image).map(baseline => subject(baseline, open[baseline])),
  ];
}

/** The encoder before the first step. */
export function openUntrained(experiment: Experiment): OpenSubject {
  return openEncoder(experiment, initialStore(experiment), { judged: 'student' });
}

/** Weights of the encoder before training: random, or the initial weights of the pipeline. */
function initialStore({ network, shape, initial, services }: Experiment): WeightStore {
  const store = new WeightStore();
  store.add('encoder', network.encoder.weights(shape.image), services.get(Streams));
  if (initial) store.load(initial.tensors, initial.path);
  return store;
}

async function openTrained(
  experiment: Experiment,
  { checkpoint, network = 'student' }: TrainedWeights,
): Promise<OpenSubject> {
  const tensors = await loadWeights(checkpoint, network);
  const weights = Object.entries(tensors).filter(([name]) => name.startsWith('encoder.'));
  const store = initialStore({ ...experiment, initial: undefined });
  try {
    store.load(Object.fromEntries(weights), checkpoint.folder);
  } catch (error) {
    store.dispose();
    throw error;
  }
  return openEncoder(experiment, store, { judged: network, trained: { tensors, source: checkpoint.folder } });
}

function openEncoder(
  { network, shape, services }: Experiment,
  store: WeightStore,
  weights: Pick<OutputSource, 'trained' | 'judged'>,
): OpenSubject {
  const { encoder, collective } = network;
  return {
    features: encoderFeatures(encoder, store.pass('encoder', false, collective)),
    stored: { encoder, image: shape.image, store, collective },
    output: output => outputMap({ network, shape, streams: services.get(Streams), ...weights }, output),
    close: () => {
      store.dispose();
    },
  };
}
