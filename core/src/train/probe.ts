import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { StepPosition } from '../contracts/step-context.js';
import type { Collective } from '../contracts/collective.js';
import type { Optimizer } from '../contracts/optimizer.js';
import { meanCrossEntropy } from '../maths/cross-entropy.js';
import { oneHot } from '../maths/one-hot.js';
import { differentiate } from '../tensor/engine.js';
import { linear } from '../tensor/layers/linear.js';
import type { Layer } from '../tensor/layers/layer.js';
import { noteOf, type Notes } from '../tensor/notes.js';
import { tf } from '../tensor/tf.js';
import type { WeightStore } from '../tensor/weight-store.js';
import type { Batch } from './batch.js';

/** A linear classifier of features, trained beside the network: no gradient reaches the encoder. */
export interface Probe {
  /** K. */
  readonly classes: number;
  /** Class of each training image. */
  readonly labels: Int32Array;
  readonly optimizer: Optimizer;
}

/** The tensors of a training that belong to its probe, by the names of its parameters. */
export interface ProbeModel {
  readonly probe?: WeightStore;
  /** Optimizer buffers by parameter, then slot. */
  readonly slots: ReadonlyMap<string, Readonly<Record<string, Variable>>>;
  /** Number of updates by parameter. */
  readonly updates: Map<string, number>;
}

/** Module name of the probe in weight stores and checkpoints. */
export const PROBE = 'probe';

/** Logits [B, K] of features [B, D]. */
export function probeLayer(featureDim: number, { classes }: Pick<Probe, 'classes'>): Layer<Tensor2D> {
  return linear('fc', { inputs: featureDim, outputs: classes });
}

/** Logits [B, K] of features [B, D] by the weights of a probe. */
export function probeLogits(probe: Probe, weights: WeightStore, { features, collective }: ProbeInput): Tensor2D {
  return probeLayer(features.shape[1], probe).forward(features, weights.pass(PROBE, true, collective));
}

/** Features h [B, D] that the probe classifies, outside of any gradient. */
export interface ProbeInput {
  readonly features: Tensor2D;
  readonly collective: Collective;
}

/**
 * One update of the probe by the features of a batch, with gradients averaged over all workers. Reports loss and accuracy
 * before the update. Call it outside of the gradient.
 */
export function probeStep(
  probe: Probe,
  model: ProbeModel,
  {
    batch,
    notes,
    at,
    ...input
  }: ProbeInput & { readonly batch: Batch; readonly notes: Notes; readonly at: StepPosition },
): void {
  if (!batch.place || !model.probe) return;
  const weights = model.probe;
  const labels = tf.tensor1d(
    batch.place.images.map(image => probe.labels[image]),
    'int32',
  );
  const targets = oneHot(labels, probe.classes);
  const parameters = weights.parameters();
  const forward = (): Scalar => {
    const logits = probeLogits(probe, weights, input);
    const loss = meanCrossEntropy([[logits, targets]]);
    const note = noteOf(notes, PROBE);
    note('loss', loss);
    note('accuracy', accuracy(logits, labels));
    return loss;
  };
  const { gradients } = differentiate(
    forward,
    parameters.map(({ variable }) => variable),
  );
  const means = input.collective.allReduceMean(gradients.filter((one): one is Tensor => one !== null));
  const updates = parameters.map(({ name, variable: value }, i) => ({
    ...{ name, value, gradient: means[i] },
    slots: model.slots.get(name)!,
    updates: model.updates.get(name)!,
  }));
  probe.optimizer.apply(updates, probe.optimizer.learningRate, at);
  for (const { name } of updates) model.updates.set(name, model.updates.get(name)! + 1);
}

/** Share of rows whose largest logit is that of the label. */
function accuracy(logits: Tensor2D, labels: Tensor1D): Scalar {
  return tf.mean<Scalar>(tf.cast(tf.equal(tf.argMax(logits, 1), labels), 'float32'));
}
