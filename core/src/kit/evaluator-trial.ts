import type { Evaluator, FeatureEvaluator, FeatureEvaluatorInputs, FeatureSet } from '../contracts/evaluator.js';
import { memoryFeatures } from '../evaluate/memory-features.js';
import { tf } from '../tensor/tf.js';
import { permuteRows, streams } from './probe.js';
import { protocolTrial } from './protocol-trial.js';
import { trialControl, type Trial, type TrialConditions } from './trial.js';

const CLASSES = 4;
const DIM = 8;

/**
 * Applies an evaluator to easy data with well separated classes, so that results hardly depend on random draws. Counts
 * the tensors left behind.
 */
export async function trial(
  evaluator: Evaluator,
  conditions: TrialConditions = {},
): Promise<Trial & { readonly leaked: number }> {
  const before = tf.memory().numTensors;
  const { results, ...observed } =
    evaluator.kind === 'features'
      ? await featureTrial(evaluator, conditions)
      : await protocolTrial(evaluator, conditions);
  return { results, ...observed, leaked: tf.memory().numTensors - before };
}

async function featureTrial(evaluator: FeatureEvaluator, conditions: TrialConditions): Promise<Trial> {
  const assigns = evaluator.output === 'assignments';
  const made = (purpose: string, perClass: number) =>
    assigns ? assigned(cloud(purpose, perClass)) : cloud(purpose, perClass);
  const clouds = { train: made('train', 30), validation: made('validation', 10), test: made('test', 10) };
  if (conditions.otherTest) clouds.test = wrongLabels(made('another test', 10));
  const before = JSON.stringify(clouds);
  let hasDrawn = false;
  const control = trialControl(conditions);
  const set = (one: Cloud) => watched(conditions.reordered ? reordered(one) : one, conditions, control.progress);
  const results = await evaluator.evaluate({
    train: set(clouds.train),
    validation: set(clouds.validation),
    test: set(clouds.test),
    ...(conditions.labels !== false && { classCount: CLASSES }),
    ...(assigns && { prototypeSets: [DIM] }),
    random: watchedRandom(() => (hasDrawn = true)),
    ...control,
  });
  return { results, hasDrawn, isUnchanged: conditions.reordered === true || JSON.stringify(clouds) === before };
}

interface Cloud {
  readonly features: Float32Array;
  readonly labels: Int32Array;
}

/** Normal clouds around one centre per class. */
function cloud(purpose: string, perClass: number): Cloud {
  const random = streams.at(purpose);
  const length = perClass * CLASSES;
  const labels = Int32Array.from({ length }, (_, i) => i % CLASSES);
  const features = Float32Array.from({ length: length * DIM }, (_, i) => {
    const isOwnAxis = i % DIM === labels[Math.floor(i / DIM)];
    return (isOwnAxis ? 6 : 0) + 0.5 * random.normal();
  });
  return { features, labels };
}

/** The softmax of the features of each image. */
function assigned({ features, labels }: Cloud): Cloud {
  const exponentials = features.map(Math.exp);
  const sumOf = (row: number) => exponentials.subarray(row * DIM, (row + 1) * DIM).reduce((sum, one) => sum + one, 0);
  return { features: exponentials.map((one, i) => one / sumOf(Math.floor(i / DIM))), labels };
}

function wrongLabels({ features, labels }: Cloud): Cloud {
  return { features, labels: labels.map(label => (label + 1) % CLASSES) };
}

function reordered({ features, labels }: Cloud): Cloud {
  const order = streams.at('order', labels.length).permutation(labels.length);
  return { features: permuteRows(features, DIM, order), labels: permuteRows(labels, 1, order) };
}

/** Features whose reading reports progress, as the first reading of a run does. */
function watched(
  { features, labels }: Cloud,
  { labels: hasLabels = true }: TrialConditions,
  progress: FeatureEvaluatorInputs['progress'],
): FeatureSet {
  const set = memoryFeatures(features, DIM, hasLabels ? labels : undefined);
  // Images of class 0 also have class 1.
  const multiLabels = Int8Array.from({ length: set.length * CLASSES }, (_, i) => {
    const [label, column] = [labels[Math.floor(i / CLASSES)], i % CLASSES];
    return column === label || (label === 0 && column === 1) ? 1 : 0;
  });
  return {
    ...set,
    ...(hasLabels && { multiLabels }),
    rows: async (from, to) => {
      await progress(0, set.length);
      return set.rows(from, to);
    },
    all: async () => {
      await progress(0, set.length);
      return set.all();
    },
    async *blocks() {
      await progress(0, set.length);
      yield* set.blocks();
    },
  };
}

/** A stream that calls `onDraw` at each draw. */
function watchedRandom(onDraw: () => void): FeatureEvaluatorInputs['random'] {
  const random = streams.at('evaluate');
  const entries = Object.entries(random).map(([name, draw]) => [
    name,
    (...given: number[]) => {
      onDraw();
      return (draw as (...given: number[]) => unknown)(...given);
    },
  ]);
  return Object.fromEntries(entries) as FeatureEvaluatorInputs['random'];
}
