import type {
  BatchToSpaceNDAttrs,
  MirrorPadAttrs,
  PadV2Attrs,
  SliceAttrs,
  SpaceToBatchNDAttrs,
  Tensor,
} from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { transposedAlong } from './axis-matrices.js';
import { fromInput, linear, type GradientTable } from './gradient-table.js';

/** Elements outside the slice get 0. `begin` is one number for the first axis, or one for each of the first axes. */
const slice = fromInput<SliceAttrs>((dy, { shape }, { begin }) => {
  const first = [begin].flat();
  return tf.pad(
    dy,
    shape.map((size, axis) => [first[axis] ?? 0, size - (first[axis] ?? 0) - dy.shape[axis]]),
  );
});

const pad = linear<PadV2Attrs>((dy, { paddings }) =>
  tf.slice(
    dy,
    paddings.map(([before]) => before),
    dy.shape.map((size, axis) => size - paddings[axis][0] - paddings[axis][1]),
  ),
);

/** Each element also gets the gradients of its mirror images. */
const mirrorPad = linear<MirrorPadAttrs>((dy, { paddings, mode }) =>
  paddings.reduce<Tensor>((gradient, [before, after], axis) => {
    const identity = tf.eye(dy.shape[axis] - before - after);
    return transposedAlong(gradient, axis, tf.mirrorPad(identity, [[before, after], [0, 0]], mode)); // prettier-ignore
  }, dy),
);

/** Slices and paddings. */
export const padding: GradientTable = {
  Slice: slice,
  PadV2: pad,
  MirrorPad: mirrorPad,
  BatchToSpaceND: linear<BatchToSpaceNDAttrs>((dy, { blockShape, crops }) => tf.spaceToBatchND(dy, blockShape, crops)),
  SpaceToBatchND: linear<SpaceToBatchNDAttrs>((dy, { blockShape, paddings }) =>
    tf.batchToSpaceND(dy, blockShape, paddings),
  ),
};
