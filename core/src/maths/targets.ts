import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { ObjectiveInputs } from '../contracts/objective.js';
import { constant, untracked } from '../tensor/constant.js';
import { tf } from '../tensor/tf.js';

type Sides = Pick<ObjectiveInputs, 'codes' | 'targets' | 'outputs'>;

/**
 * Targets [B, K], one a view, constant: the assigner's codes if it makes any, else `assign` of the teacher's logits, or
 * without a teacher of the views' own. So every objective works with every assigner.
 */
export function targetsOf(sides: Sides, assign: (logits: Tensor2D, view: number) => Tensor2D): readonly Tensor2D[] {
  const sources = sourcesOf(sides);
  if (sides.codes.length > 0) return sources;
  return sources.map((logits, view) => untracked((own: Tensor2D) => assign(own, view))(logits));
}

/** What such targets are made of, constant: codes, or logits. */
export function sourcesOf({ codes, targets, outputs }: Sides): readonly Tensor2D[] {
  return (codes.length > 0 ? codes : targets.length > 0 ? targets : outputs).map(source => constant(source));
}

/**
 * A function from rows of {@link sourcesOf} to logits divided by a temperature, for objectives that take the softmax over parts of the
 * K columns. Codes are taken by their logarithms, so that such a softmax renormalises them within a part.
 */
export function targetLogits({ codes }: Pick<Sides, 'codes'>, temperature: number): (source: Tensor2D) => Tensor2D {
  return codes.length > 0 ? logitsOf : logits => tf.div<Tensor2D>(logits, temperature);
}

/** Pairs (view, target) of different views of an image. */
export function crossPairs<V, T>(views: readonly V[], targets: readonly T[]): readonly (readonly [V, T])[] {
  return targets.flatMap((target, i) => views.flatMap((view, j) => (i === j ? [] : [[view, target] as const])));
}

/** Logits whose softmax are the given probabilities [B, K]; zeros become the smallest normal number. */
export function logitsOf(probabilities: Tensor2D): Tensor2D {
  return tf.log(tf.maximum(probabilities, 1.2e-38));
}
