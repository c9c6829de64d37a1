import { seededStreams } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';

/** Differentiable functions of real tensors, each of which runs the kernel it is listed under. */

export interface Input {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export interface Case {
  readonly inputs: readonly Input[];
  readonly compute: (...inputs: Tensor[]) => Tensor;
}

const streams = seededStreams(5);
let drawn = 0;

type Draw = (...shape: readonly number[]) => Input;

/** Inputs of any shape with values made of normal ones. */
function drawing(value: (normal: number) => number): Draw {
  return (...shape) => {
    const random = streams.at('input', drawn++);
    const size = shape.reduce((product, side) => product * side, 1);
    return { shape, values: Array.from({ length: size }, () => value(random.normal())) };
  };
}

const any = drawing(normal => normal);
const positive = drawing(normal => 0.3 + Math.abs(normal));
const aboveOne = drawing(normal => 1.1 + Math.abs(normal));
const withinOne = drawing(normal => 0.9 * Math.tanh(normal));

const of = (inputs: readonly Input[], compute: Case['compute']): Case => ({ inputs, compute });

const unary = (compute: (x: Tensor) => Tensor, draw = any): readonly Case[] =>
  [draw(), draw(5), draw(2, 3, 2)].map(input => of([input], compute));

/** Pairs of shapes of which one or both are broadcast. */
const BROADCAST = [
  [[2, 3], [2, 3]],
  [[2, 3], [3]],
  [[], [2, 3]],
  [[2, 1], [1, 3]],
  [[4, 2, 3], [2, 1]],
  [[1, 1], [2, 3]],
] as const; // prettier-ignore

const binary = (compute: (a: Tensor, b: Tensor) => Tensor, first = any, second = any): readonly Case[] =>
  BROADCAST.map(([a, b]) => of([first(...a), second(...b)], compute));

/** Reductions over one, several and all axes. */
const reduction = (compute: (x: Tensor, axis?: number | number[], keepDims?: boolean) => Tensor): readonly Case[] =>
  [undefined, 0, -1, [0, 2]].flatMap(axis =>
    [false, true].map(keepDims => of([any(2, 3, 4)], x => compute(x, axis, keepDims))),
  );

const real = (x: Tensor): Tensor => tf.cast(x, 'float32');
const rows = (x: Tensor): Tensor1D => tf.argMax(x, 1);
const indices = (...values: number[]): Tensor1D => tf.tensor1d(values, 'int32');

const arithmetic: Readonly<Record<string, readonly Case[]>> = {
  Abs: unary(tf.abs),
  Add: binary(tf.add),
  AddN: [of([any(2, 3), any(2, 3)], (a, b) => tf.addN([a, b, a]))],
  ClipByValue: unary(x => tf.clipByValue(x, -0.4, 0.7)),
  Maximum: binary(tf.maximum),
  Minimum: binary(tf.minimum),
  Mod: binary(tf.mod, any, positive),
  Multiply: [...binary(tf.mul), of([any(3)], x => tf.mul(x, x))],
  Neg: unary(tf.neg),
  Pow: [...binary(tf.pow, positive), of([any(2, 3)], x => tf.pow(x, 2))],
  RealDiv: binary(tf.div, any, positive),
  Reciprocal: unary(tf.reciprocal, positive),
  Rsqrt: unary(tf.rsqrt, positive),
  Sqrt: unary(tf.sqrt, positive),
  Square: unary(tf.square),
  SquaredDifference: binary(tf.squaredDifference),
  Sub: binary(tf.sub),
};

const transcendental: Readonly<Record<string, readonly Case[]>> = {
  Acos: unary(tf.acos, withinOne),
  Acosh: unary(tf.acosh, aboveOne),
  Asin: unary(tf.asin, withinOne),
  Asinh: unary(tf.asinh),
  Atan: unary(tf.atan),
  Atan2: binary(tf.atan2),
  Atanh: unary(tf.atanh, withinOne),
  Cos: unary(tf.cos),
  Cosh: unary(tf.cosh),
  Erf: unary(tf.erf),
  Exp: unary(tf.exp),
  Expm1: unary(tf.expm1),
  Log: unary(tf.log, positive),
  Log1p: unary(tf.log1p, positive),
  Sin: unary(tf.sin),
  Sinh: unary(tf.sinh),
  Tan: unary(tf.tan, withinOne),
  Tanh: unary(tf.tanh),
};

const activations: Readonly<Record<string, readonly Case[]>> = {
  Elu: unary(tf.elu),
  LeakyRelu: unary(x => tf.leakyRelu(x, 0.1)),
  LogSoftmax: [[4], [2, 3]].map(shape =>
    of([any(...shape)], logits => tf.engine().runKernel('LogSoftmax', { logits }, { axis: shape.length - 1 })),
  ),
  Prelu: binary(tf.prelu),
  Relu: unary(tf.relu),
  Relu6: unary(x => tf.relu6(tf.mul(x, 5))),
  Selu: unary(tf.selu),
  Sigmoid: unary(tf.sigmoid),
  Softmax: [of([any(4)], x => tf.softmax(x)), of([any(2, 3)], x => tf.softmax(x))],
  Softplus: unary(tf.softplus),
};

const constants: Readonly<Record<string, readonly Case[]>> = {
  ArgMax: [of([any(3, 4)], x => real(tf.argMax(x, 1)))],
  ArgMin: [of([any(3, 4)], x => real(tf.argMin(x, 0)))],
  Ceil: unary(tf.ceil),
  Floor: unary(tf.floor),
  FloorDiv: binary(tf.floorDiv, any, positive),
  GreaterEqual: binary((a, b) => real(tf.greaterEqual(a, b))),
  IsFinite: unary(x => real(tf.isFinite(x))),
  IsInf: unary(x => real(tf.isInf(x))),
  IsNan: unary(x => real(tf.isNaN(x))),
  OneHot: [of([any(3, 4)], x => real(tf.oneHot(rows(x), 4)))],
  OnesLike: unary(tf.onesLike),
  Round: unary(tf.round),
  Sign: unary(tf.sign),
  Step: unary(x => tf.step(x, 0.3)),
  ZerosLike: unary(tf.zerosLike),
};

const reductions: Readonly<Record<string, readonly Case[]>> = {
  Cumsum: [0, 1, 2].flatMap(axis =>
    [false, true].map(flag => of([any(2, 3, 4)], x => tf.cumsum(x, axis, flag, !flag))),
  ),
  Max: reduction(tf.max),
  Mean: reduction(tf.mean),
  Min: reduction(tf.min),
  Prod: reduction(tf.prod),
  Sum: reduction(tf.sum),
};

const shapes: Readonly<Record<string, readonly Case[]>> = {
  BatchToSpaceND: [of([any(4, 2, 2, 1)], x => tf.batchToSpaceND(x as Tensor4D, [2, 2], [[0, 1], [1, 0]]))],
  BroadcastTo: [[1, 3], [3], [2, 1], []].map(shape =>
    of([any(...shape)], x => tf.engine().runKernel('BroadcastTo', { x }, { shape: [2, 3] })),
  ),
  Cast: [of([any(3)], x => tf.cast(x, 'float32')), of([any(3)], x => real(tf.cast(x, 'int32')))],
  Concat: [0, 1, -1].map(axis => of([any(2, 2), any(2, 2), any(2, 2)], (...xs) => tf.concat(xs, axis))),
  ExpandDims: [0, 1, -1].map(axis => of([any(2, 3)], x => tf.expandDims(x, axis))),
  Identity: unary(tf.clone),
  MirrorPad: (['reflect', 'symmetric'] as const).map(mode =>
    of([any(3, 4)], x => tf.mirrorPad(x, [[1, 2], [2, 1]], mode)),
  ),
  Pack: [0, 1, -1].map(axis => of([any(2, 3), any(2, 3)], (a, b) => tf.stack([a, b], axis))),
  PadV2: [of([any(2, 3)], x => tf.pad(x, [[1, 0], [2, 3]])), of([any(3)], x => tf.pad(x, [[1, 2]], 4))],
  Reshape: [of([any(2, 6)], x => tf.reshape(x, [3, 4])), of([any(1)], x => tf.reshape(x, []))],
  Reverse: [0, [0, 2], undefined].map(axis => of([any(2, 3, 2)], x => tf.reverse(x, axis))),
  Slice: [
    of([any(4, 5)], x => tf.slice(x, [1, 2], [2, 3])),
    of([any(4, 5)], x => tf.slice(x, 2)),
    of([any(6)], x => tf.slice(x, 2, 3)),
  ],
  SpaceToBatchND: [of([any(1, 3, 3, 2)], x => tf.spaceToBatchND(x, [2, 2], [[0, 1], [1, 0]]))],
  SplitV: [0, 1].map(axis =>
    of([any(4, 4)], x => {
      const [a, , b] = tf.split(x, [1, 2, 1], axis);
      return tf.mul(a, b);
    }),
  ),
  Tile: [of([any(2, 3)], x => tf.tile(x, [2, 3])), of([any(2, 1, 3, 1)], x => tf.tile(x, [1, 3, 1, 2]))],
  Transpose: [undefined, [1, 2, 0]].map(order => of([any(2, 3, 4)], x => tf.transpose(x, order))),
  Unpack: [0, 1].map(axis =>
    of([any(3, 3)], x => {
      const [a, , b] = tf.unstack(x, axis);
      return tf.mul(a, b);
    }),
  ),
}; // prettier-ignore

const selections: Readonly<Record<string, readonly Case[]>> = {
  GatherV2: [
    of([any(5, 3)], x => tf.gather(x, indices(4, 0, 4))),
    of([any(2, 5, 3)], x => tf.gather(x, tf.tensor2d([4, 0, 4, 2], [2, 2], 'int32'), 1)),
    of([any(2, 3)], x => tf.gather(x, indices(2, 2), -1)),
    of([any(2, 5, 3)], x => tf.gather(x, tf.tensor2d([4, 0, 4, 4], [2, 2], 'int32'), 1, 1)),
    of([any(4, 2), any(3, 4)], (x, scores) => tf.gather(x, rows(scores))),
  ],
  Select: [
    of([any(2, 3), any(2, 3)], (a, b) => tf.where(tf.greaterEqual(a, b), tf.mul(a, 2), b)),
    of([any(2, 1), any(3)], (a, b) => tf.where(tf.tensor2d([[true], [false]]), a, b)),
  ],
  UnsortedSegmentSum: [
    of([any(5, 3)], x => tf.unsortedSegmentSum(x, indices(1, 0, -1, 3, 0), 4)),
    of([any(3), any(3, 4)], (x, scores) => tf.unsortedSegmentSum(x, rows(scores), 4)),
  ],
};

const transposes = [[false, false], [false, true], [true, false], [true, true]] as const; // prettier-ignore

const products: Readonly<Record<string, readonly Case[]>> = {
  BatchMatMul: transposes.flatMap(([first, second]) => {
    const [a, b] = [first ? [4, 3] : [3, 4], second ? [2, 4] : [4, 2]];
    const compute = (x: Tensor, y: Tensor): Tensor => tf.matMul(x, y, first, second);
    return [[any(...a), any(...b)], [any(2, ...a), any(2, ...b)], [any(1, ...a), any(2, ...b)]].map(inputs => of(inputs, compute)); // prettier-ignore
  }),
};

const image = (height: number, width: number, channels = 2): Input => any(2, height, width, channels);
const windows = [[1, 'same'], [2, 'valid'], [2, 'same'], [1, 1]] as const; // prettier-ignore

const convolutions: Readonly<Record<string, readonly Case[]>> = {
  Conv2D: [
    ...windows.map(([stride, pad]) =>
      of([image(5, 6), any(3, 2, 2, 3)], (x, f) => tf.conv2d(x as Tensor4D, f as Tensor4D, stride, pad)),
    ),
    of([image(6, 7), any(3, 2, 2, 3)], (x, f) => tf.conv2d(x as Tensor4D, f as Tensor4D, 1, 'same', 'NHWC', [2, 3])),
    of([any(5, 6, 2), any(3, 2, 2, 3)], (x, f) => tf.conv2d(x as Tensor3D, f as Tensor4D, 1, 'valid')),
  ],
  Conv2DBackpropInput: (['same', 'valid'] as const).map(pad =>
    of([image(3, 3), any(3, 3, 1, 2)], (x, f) =>
      tf.conv2dTranspose(x as Tensor4D, f as Tensor4D, [2, pad === 'same' ? 6 : 7, pad === 'same' ? 6 : 7, 1], 2, pad),
    ),
  ),
  Conv3D: [
    of([any(1, 3, 4, 3, 2), any(2, 2, 2, 2, 2)], (x, f) => tf.conv3d(x as Tensor5D, f as Tensor5D, 1, 'same')),
    of([any(1, 3, 4, 5, 1), any(2, 2, 2, 1, 2)], (x, f) =>
      tf.conv3d(x as Tensor5D, f as Tensor5D, 1, 'valid', 'NDHWC', 2),
    ),
  ],
  DepthwiseConv2dNative: [
    ...windows.map(([stride, pad]) =>
      of([image(5, 6), any(3, 2, 2, 2)], (x, f) => tf.depthwiseConv2d(x as Tensor4D, f as Tensor4D, stride, pad)),
    ),
    of([image(6, 7), any(3, 2, 2, 1)], (x, f) =>
      tf.depthwiseConv2d(x as Tensor4D, f as Tensor4D, 1, 'same', 'NHWC', [2, 3]),
    ),
  ],
  Dilation2D: (['same', 'valid'] as const).map(pad =>
    of([image(5, 4), any(2, 3, 2)], (x, f) => tf.dilation2d(x as Tensor4D, f as Tensor3D, 1, pad)),
  ),
};

const images: Readonly<Record<string, readonly Case[]>> = {
  AvgPool: windows.flatMap(([stride, pad]) =>
    [2, 3].map(size => of([image(6, 5)], x => tf.avgPool(x as Tensor4D, size, stride, pad))),
  ),
  AvgPool3D: windows.map(([stride, pad]) => of([any(1, 4, 5, 4, 2)], x => tf.avgPool3d(x as Tensor5D, 3, stride, pad))),
  FusedBatchNorm: [
    of([image(2, 3, 4), any(4), positive(4), any(4), positive(4)], normalized),
    of([any(3, 2), any(3, 2), positive(3, 2), any(3, 2), positive(3, 2)], normalized),
  ],
  LRN: [of([image(2, 2, 6)], x => tf.localResponseNormalization(x as Tensor4D, 2, 1, 0.5, 0.75))],
  MaxPool: windows.map(([stride, pad]) => of([image(6, 5)], x => tf.maxPool(x as Tensor4D, 2, stride, pad))),
  MaxPool3D: windows.map(([stride, pad]) => of([any(1, 4, 5, 4, 2)], x => tf.maxPool3d(x as Tensor5D, 2, stride, pad))),
  ...resizing('ResizeBilinear', tf.image.resizeBilinear),
  ...resizing('ResizeNearestNeighbor', tf.image.resizeNearestNeighbor),
};

function normalized(x: Tensor, ...parameters: Tensor[]): Tensor {
  const [mean, variance, offset, scale] = parameters as Tensor1D[];
  return tf.batchNorm(x, mean, variance, offset, scale);
}

function resizing(kernel: string, resize: typeof tf.image.resizeBilinear): Readonly<Record<string, readonly Case[]>> {
  const sizes = [[3, 2], [7, 9], [1, 1]] as const; // prettier-ignore
  const flags = [[false, false], [true, false], [false, true]] as const; // prettier-ignore
  const cases = sizes.flatMap(([height, width]) =>
    flags.map(([corners, centres]) => of([image(5, 4)], x => resize(x as Tensor4D, [height, width], corners, centres))),
  );
  return { [kernel]: cases };
}

/** Cases by kernel: all that tfjs-core has a gradient for, but ComplexAbs, of which no function of real tensors is differentiable. */
export const cases: Readonly<Record<string, readonly Case[]>> = {
  ...arithmetic,
  ...transcendental,
  ...activations,
  ...constants,
  ...reductions,
  ...shapes,
  ...selections,
  ...products,
  ...convolutions,
  ...images,
};
