import {
  againstTargets,
  balanced,
  chunkedMatrices,
  cosineScores,
  crossPairs,
  kernels,
  scoreMatrices,
  softmax,
  targetsOf,
  tf,
  type Collective,
  type ObjectiveInputs,
  type ObjectiveMatrices,
  type ObjectiveResult,
  type ObjectiveSize,
  type StepContext,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { MaskedSiameseOptions } from './options.js';

/** The divergence R of a mean assignment [K] from its prior. */
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
  const { collective } = context;
  const [codes, taught] = [inputs.codes, inputs.targets].map(branch => branch.slice(0, o.targetViews));
  const sides = { ...inputs, codes, targets: taught };
  const scores = o.inputs === 'embeddings' ? scored(sides) : sides;
  const targets = targetsOf(scores, own => sharpened(own, o, collective)).slice(0, o.targetViews);
  const { mean: crossEntropy, sums } = againstTargets(pairsOf(scores.outputs, targets), {
    compare: (anchor, target) => {
      const logits = tf.div<Tensor2D>(anchor, o.temperature);
      return { values: kernels.softmaxCrossEntropy(logits, target), sum: tf.sum<Tensor1D>(softmax(logits), 0) };
    },
  });
  const anchors = sums.length * scores.outputs[0].shape[0];
  const [mean] = collective.allReduceMean([tf.div<Tensor1D>(tf.addN([...sums]), anchors)]);
  const parts = { crossEntropy, regulariser: prior(mean) };
  const loss = tf.add<Scalar>(parts.crossEntropy, tf.mul(parts.regulariser, o.regularisationWeight));
  return { loss, parts };
}

/**
 * Logits, their softmax twice, and gradients of each anchor, in chunks the gradient of one anchor and the parts of a chunk, and
 * scores that are computed from embeddings. With one target view, that view is no anchor.
 */
export function maskedSiameseMatrices(o: MaskedSiameseOptions, size: ObjectiveSize): readonly ObjectiveMatrices[] {
  const views = o.targetViews > 1 ? size.views : size.views - 1;
  const scores = o.inputs === 'embeddings' ? scoreMatrices(size) : [];
  return [...scores, ...chunkedMatrices({ ...size, views }, { atOnce: 5 * views, whole: 1, chunk: 5 })];
}

/** Cosines with the prototypes, the gradient through both lengths. */
function scored(inputs: ObjectiveInputs): ObjectiveInputs {
  const scores = (z: Tensor2D): Tensor2D => cosineScores(z, inputs.tensors.prototypes as Tensor2D);
  return { ...inputs, outputs: inputs.outputs.map(scores), targets: inputs.targets.map(scores) };
}

/** p^(1/S) over its sum, then balanced: scores [B, K] -> target [B, K]. */
function sharpened(scores: Tensor2D, o: MaskedSiameseOptions, collective: Collective): Tensor2D {
  return balanced(scores, { epsilon: o.temperature * o.sharpenTemperature, iterations: o.iterations }, collective);
}

/** Anchors with their targets: every view but the target's own, or the only tensor if all anchors are in it. */
function pairsOf(views: readonly Tensor2D[], targets: readonly Tensor2D[]): readonly (readonly [Tensor2D, Tensor2D])[] {
  if (views.length === 1) return targets.slice(0, 1).map(target => [views[0], repeated(target, views[0].shape[0])]);
  return crossPairs(views, targets);
}

/** A target for anchors [V * B, K] that are V views one after another. */
function repeated(target: Tensor2D, rows: number): Tensor2D {
  const times = rows / target.shape[0];
  return times === 1 ? target : tf.tile(target, [times, 1]);
}
