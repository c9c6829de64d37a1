import {
  balanced,
  cosineScores,
  kernels,
  logSoftmax,
  softmax,
  targetsOf,
  type Collective,
  type ObjectiveInputs,
  type ObjectiveResult,
  type StepContext,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { MaskedSiameseOptions } from './options.js';

/** The divergence R of a mean assignment [K] from what it should be. */
export type Prior = (mean: Tensor1D) => Scalar;

/**
 * Cross-entropy of the anchors' assignments softmax(scores / T) to the teacher's sharpened and balanced ones, plus
 * regularisationWeight times R of the anchors' mean assignment. The teacher's prototypes are the learned ones.
 * @see arXiv 2204.07141, equation 1
 */
export function maskedSiamese(
  inputs: ObjectiveInputs,
  o: MaskedSiameseOptions,
  { context, prior }: { context: StepContext; prior: Prior },
): ObjectiveResult {
  const { crossEntropy, regulariser } = compare(o.inputs === 'embeddings' ? scored(inputs) : inputs, o, {
    context,
    prior,
  });
  const loss = tf.add<Scalar>(crossEntropy, tf.mul(regulariser, o.regularisationWeight));
  return { loss, parts: { crossEntropy, regulariser } };
}

function compare(
  inputs: ObjectiveInputs,
  o: MaskedSiameseOptions,
  { context, prior }: { context: StepContext; prior: Prior },
) {
  const { collective } = context;
  const targets = targetsOf(inputs, scores => sharpened(scores, o, collective)).slice(0, o.targetViews);
  const logits = inputs.outputs.map(view => tf.div<Tensor2D>(view, o.temperature));
  const pairs = pairsOf(logits, targets);
  const terms = pairs.map(([anchor, target]): Tensor1D =>
    kernels.softmaxCrossEntropy(anchor, repeated(target, anchor.shape[0])),
  );
  const anchors = [...new Set(pairs.map(([anchor]) => anchor))];
  const [mean] = collective.allReduceMean([tf.mean<Tensor1D>(softmax(tf.concat(anchors)), 0)]);
  return { crossEntropy: tf.mean<Scalar>(tf.concat(terms)), regulariser: prior(mean) };
}

/** Cosines with the prototypes, the gradient through both lengths. */
function scored(inputs: ObjectiveInputs): ObjectiveInputs {
  const scores = (z: Tensor2D): Tensor2D => cosineScores(z, inputs.tensors.prototypes as Tensor2D);
  return { ...inputs, outputs: inputs.outputs.map(scores), targets: inputs.targets.map(scores) };
}

/** p^(1/S) over its sum, then balanced, in logarithms: scores [B, K] -> target [B, K]. */
function sharpened(scores: Tensor2D, o: MaskedSiameseOptions, collective: Collective): Tensor2D {
  const logarithms = logSoftmax<Tensor2D>(tf.div(scores, o.temperature * o.sharpenTemperature));
  return balanced(logarithms, o.iterations, collective);
}

/** Anchors with their targets: every view but the target's own, or all there are if they come as one tensor. */
function pairsOf(views: readonly Tensor2D[], targets: readonly Tensor2D[]): readonly (readonly [Tensor2D, Tensor2D])[] {
  if (views.length === 1) return targets.slice(0, 1).map(target => [views[0], target]);
  return targets.flatMap((target, i) => views.flatMap((view, j) => (i === j ? [] : [[view, target] as const])));
}

/** A target for anchors [V * B, K] that are V views one after another. */
function repeated(target: Tensor2D, rows: number): Tensor2D {
  const times = rows / target.shape[0];
  return times === 1 ? target : tf.tile(target, [times, 1]);
}
