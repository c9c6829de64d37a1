import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { ObjectiveInputs, ObjectiveSize } from '../contracts/objective.js';

/** Columns of one set of prototypes each: [B, K] -> one [B, K_s] a segment, itself if there is one set only. */
export function splitSegments(columns: Tensor2D, segments: readonly number[] | undefined): readonly Tensor2D[] {
  if (segments === undefined || segments.length < 2) return [columns];
  return tf.split<Tensor2D>(columns, [...segments], 1);
}

/** An objective's inputs for every set of prototypes by itself: several sets are several problems of the same kind. */
export function bySegment(inputs: ObjectiveInputs): readonly ObjectiveInputs[] {
  const { segments } = inputs;
  if (segments === undefined || segments.length < 2) return [inputs];
  const split = (branch: readonly Tensor2D[]) => branch.map(columns => splitSegments(columns, segments));
  const [outputs, targets, codes] = [inputs.outputs, inputs.targets, inputs.codes].map(split);
  const at = (branch: readonly (readonly Tensor2D[])[], s: number): Tensor2D[] => branch.map(parts => parts[s]);
  return segments.map((size, s) => ({
    ...inputs,
    outputs: at(outputs, s),
    targets: at(targets, s),
    codes: at(codes, s),
    segments: [size],
  }));
}

/** ln K, the cross-entropy of uniform assignments; its mean over several sets of prototypes. */
export function meanLogCount({ width, prototypes = width, segments = [prototypes] }: ObjectiveSize): number {
  return segments.reduce((sum, count) => sum + Math.log(count), 0) / segments.length;
}

/** Mean of scalars. */
export function meanOf(values: readonly Scalar[]): Scalar {
  return values.length === 1 ? values[0] : tf.mean<Scalar>(tf.stack([...values]));
}
