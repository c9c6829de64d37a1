import type { GraphConstant, GraphNode } from '@carl-ssl/core';
import { transposed } from '../transposed.js';
import { attribute, unsupported, type Builder } from './builder.js';
import { windows } from './windows.js';

/** Adds the operations of TensorFlow for one kernel of TensorFlow.js. */
export type Emitter = (builder: Builder, node: GraphNode) => void;

/** An operation with the same inputs in the same order and attributes that depend on those of the kernel. */
const plain =
  (
    op: string,
    inputs: readonly string[],
    attr: (node: GraphNode) => Parameters<Builder['add']>[2] = () => ({}),
  ): Emitter =>
  (builder, node) => {
    builder.add(op, inputs.map(name => builder.value(node.inputs[name])), { name: node.outputs[0], ...attr(node) }); // prettier-ignore
  };

const unary = (op: string): Emitter => plain(op, ['x']);
const binary = (op: string): Emitter => plain(op, ['a', 'b']);

const listed = (inputs: GraphNode['inputs']): readonly string[] =>
  Object.entries(inputs)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, name]) => name);

const reshaped: Emitter = (builder, node) => {
  const shape = builder.shape(node.outputs[0]);
  if (shape.filter(size => size < 0).length > 1) throw unsupported(node, 'two of its dimensions depend on the batch');
  const target = builder.integers(shape.map(size => Math.max(size, -1)));
  builder.add('Reshape', [builder.value(node.inputs.x ?? node.inputs.input), target], { name: node.outputs[0] });
};

const reduced =
  (op: string): Emitter =>
  (builder, node) => {
    const { axis, keepDims = false } = node.attributes;
    const rank = builder.shape(node.inputs.x).length;
    const all = Array.from({ length: rank }, (_, i) => i);
    const axes = axis === undefined || axis === null ? all : [axis as number | number[]].flat();
    const attr = { keep_dims: attribute.bool(keepDims === true) };
    builder.add(op, [builder.value(node.inputs.x), builder.integers(axes)], { name: node.outputs[0], attr });
  };

const sliced: Emitter = (builder, node) => {
  const begin = node.attributes.begin as readonly number[];
  const sizes = builder.shape(node.outputs[0]).map((size, axis) => {
    if (size < 0 && begin[axis] !== 0) throw unsupported(node, 'it selects some images of the batch');
    return Math.max(size, -1);
  });
  const input = [builder.value(node.inputs.x), builder.integers(begin), builder.integers(sizes)];
  builder.add('Slice', input, { name: node.outputs[0] });
};

const split: Emitter = (builder, node) => {
  const { x } = node.inputs;
  const axis = Number(node.attributes.axis);
  const sizes = node.outputs.map(output => builder.shape(output).at(axis)!);
  if (sizes.some(size => size < 0)) throw unsupported(node, 'it divides the batch');
  const input = [builder.value(x), builder.integers(sizes), builder.scalar(axis, 'int32')];
  const name = builder.add('SplitV', input, { attr: { num_split: attribute.integer(sizes.length) } });
  node.outputs.forEach((output, place) => builder.refer(output, name, place));
};

const joined: Emitter = (builder, node) => {
  const parts = listed(node.inputs).map(name => builder.value(name));
  const input = [...parts, builder.scalar(Number(node.attributes.axis), 'int32')];
  builder.add('ConcatV2', input, { name: node.outputs[0], attr: { N: attribute.integer(parts.length) } });
};

/** Softmax over the last axis; TensorFlow has no other. */
const lastAxis =
  (op: string, key: string): Emitter =>
  (builder, node) => {
    const x = node.inputs.logits ?? node.inputs.x;
    const axis = Number(node.attributes[key] ?? -1);
    if (axis !== -1 && axis !== builder.shape(x).length - 1) throw unsupported(node, 'its axis is not the last one');
    builder.add(op, [builder.value(x)], { name: node.outputs[0] });
  };

/** Repeats a constant for each image: adds zeros, of the shape of the images' number, to it. */
const expanded: Emitter = (builder, node) => {
  const shape = builder.shape(node.outputs[0]);
  const all = builder.add('Shape', [builder.value(builder.graph.input)]);
  const batch = builder.add('Slice', [all, builder.integers([0]), builder.integers([1])]);
  const parts = shape.map(size => {
    if (size >= 0) return builder.integers([size]);
    return size === -1 ? batch : builder.add('Mul', [batch, builder.integers([-size])]);
  });
  const input = [...parts, builder.scalar(0, 'int32')];
  const target = builder.add('ConcatV2', input, { attr: { N: attribute.integer(parts.length) } });
  builder.add('BroadcastTo', [builder.value(node.inputs.x), target], { name: node.outputs[0] });
};

const normalized: Emitter = (builder, node) => {
  const { x, scale, offset, mean, variance } = node.inputs as Readonly<Record<string, string | undefined>>;
  const channels = builder.shape(mean!)[0];
  const filled = (name: string | undefined, value: number): string =>
    name === undefined ? builder.floats(new Float32Array(channels).fill(value)) : builder.value(name);
  const input = [
    builder.value(x!),
    filled(scale, 1),
    filled(offset, 0),
    builder.value(mean!),
    builder.value(variance!),
  ];
  const epsilon = attribute.float(Number(node.attributes.varianceEpsilon ?? 1e-3));
  builder.add('FusedBatchNormV3', input, { name: node.outputs[0], attr: { epsilon } });
};

/** TensorFlow.js 4.22 on WebGPU reads a transposed second matrix of 2,000 columns or more wrongly, so constants are transposed here. */
const product: Emitter = (builder, node) => {
  const { a, b } = node.inputs;
  const constant = builder.graph.constants[b] as GraphConstant | undefined;
  const isTurned = node.attributes.transposeB === true && constant?.shape.length === 2;
  const second = isTurned ? builder.constant(`${b}_transposed`, transposed(constant, [1, 0])) : builder.value(b);
  const attr = {
    adj_x: attribute.bool(node.attributes.transposeA === true),
    adj_y: attribute.bool(node.attributes.transposeB === true && !isTurned),
  };
  builder.add('BatchMatMulV2', [builder.value(a), second], { name: node.outputs[0], attr });
};

export const operators: Readonly<Record<string, Emitter>> = {
  ...windows,
  ...Object.fromEntries(
    ['Relu', 'Relu6', 'Erf', 'Exp', 'Log', 'Sqrt', 'Rsqrt', 'Square', 'Sigmoid', 'Tanh', 'Neg', 'Reciprocal', 'Abs', 'Elu', 'Selu', 'Softplus', 'Floor', 'Ceil'].map(name => [name, unary(name)]), // prettier-ignore
  ),
  ...Object.fromEntries(
    ['Sub', 'RealDiv', 'Maximum', 'Minimum', 'Pow', 'SquaredDifference'].map(name => [name, binary(name)]),
  ),
  Add: binary('AddV2'),
  AddV2: binary('AddV2'),
  Multiply: binary('Mul'),
  LeakyRelu: plain('LeakyRelu', ['x'], ({ attributes }) => ({ attr: { alpha: attribute.float(Number(attributes.alpha)) } })), // prettier-ignore
  Cast: plain('Cast', ['x'], ({ attributes }) => ({ attr: { DstT: attribute.type(String(attributes.dtype)) } })),
  BatchMatMul: product,
  FusedBatchNorm: normalized,
  Reshape: reshaped,
  ExpandDims: reshaped,
  Squeeze: reshaped,
  Mean: reduced('Mean'),
  Sum: reduced('Sum'),
  Max: reduced('Max'),
  Min: reduced('Min'),
  Slice: sliced,
  SplitV: split,
  Concat: joined,
  Pack: (builder, node) => {
    const parts = listed(node.inputs).map(name => builder.value(name));
    const attr = { axis: attribute.integer(Number(node.attributes.axis)) };
    builder.add('Pack', parts, { name: node.outputs[0], attr });
  },
  Transpose: (builder, node) => {
    const perm = builder.integers(node.attributes.perm as readonly number[]);
    builder.add('Transpose', [builder.value(node.inputs.x), perm], { name: node.outputs[0] });
  },
  Softmax: lastAxis('Softmax', 'dim'),
  LogSoftmax: lastAxis('LogSoftmax', 'axis'),
  ExpandBatch: expanded,
};
