import type {
  CastAttrs,
  ConcatAttrs,
  ExpandDimsAttrs,
  PackAttrs,
  ReverseAttrs,
  SplitVAttrs,
  Tensor,
  TileAttrs,
  TransposeAttrs,
  UnpackAttrs,
} from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { passedTo } from './broadcasting.js';
import { fromInput, linear, listed, type GradientTable, type KernelGradient } from './gradient-table.js';

const concat: KernelGradient = {
  saveAllInputs: true,
  gradFunc: (dy, inputs, attributes) => {
    const [axis] = tf.util.parseAxisParam((attributes as unknown as ConcatAttrs).axis, inputs[0].shape);
    return listed(
      tf.split(
        dy as Tensor,
        inputs.map(({ shape }) => shape[axis]),
        axis,
      ),
    );
  },
};

const pack: KernelGradient = {
  gradFunc: (dy, _saved, attributes) => listed(tf.unstack(dy as Tensor, (attributes as unknown as PackAttrs).axis)),
};

/** The sum of all copies of x in the tiled tensor. */
function sumOfTiles(dy: Tensor, x: Tensor, reps: readonly number[]): Tensor {
  const corners = reps.reduce<readonly (readonly number[])[]>(
    (starts, count, axis) =>
      starts.flatMap(start => Array.from({ length: count }, (_, i) => [...start, i * x.shape[axis]])),
    [[]],
  );
  return corners.reduce((sum, corner) => tf.add(sum, tf.slice(dy, [...corner], x.shape)), tf.zerosLike(x));
}

/** Copies and everything that moves, joins, splits or repeats elements. */
export const shape: GradientTable = {
  Identity: linear(dy => tf.clone(dy)),
  // Whole numbers and truth values are constant between jumps.
  Cast: linear<CastAttrs>((dy, { dtype }) => (dtype === 'int32' || dtype === 'bool' ? tf.zerosLike(dy) : tf.clone(dy))),
  Reshape: fromInput((dy, x) => tf.reshape(dy, x.shape)),
  ExpandDims: linear<ExpandDimsAttrs>((dy, { dim }) => {
    const [axis] = tf.util.parseAxisParam(dim, dy.shape);
    return tf.reshape(dy, dy.shape.toSpliced(axis, 1));
  }, 'input'),
  Transpose: linear<TransposeAttrs>((dy, { perm }) =>
    tf.transpose(
      dy,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ),
  Reverse: linear<ReverseAttrs>((dy, { dims }) => tf.reverse(dy, dims)),
  Tile: fromInput<TileAttrs>((dy, x, { reps }) => sumOfTiles(dy, x, reps)),
  BroadcastTo: fromInput((dy, x) => passedTo(dy, x)),
  Concat: concat,
  SplitV: linear<SplitVAttrs, Tensor[]>((dys, { axis }) => tf.concat(dys, axis)),
  Pack: pack,
  Unpack: linear<UnpackAttrs, Tensor[]>((dys, { axis }) => tf.stack(dys, axis), 'value'),
};
