import type { GraphNode } from '@carl-ssl/core';
import { unsupported, type Builder, type Emitter } from './builder.js';
import { transposed } from '../transposed.js';

/** Operations that move, join, multiply or sum values. */

/** The end of an axis, however long it is. */
const END = 2 ** 53 - 1;

const rankOf = (builder: Builder, name: string): number => builder.shape(name).length;

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const listed = (inputs: GraphNode['inputs']): readonly string[] =>
  Object.entries(inputs)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, name]) => name);

function reshaped(builder: Builder, node: GraphNode): void {
  const shape = builder.shape(node.outputs[0]);
  if (shape.filter(size => size < 0).length > 1)
    throw unsupported(node.kernel, 'two of its dimensions depend on the batch');
  const target = builder.integers(shape.map(size => (size < 0 ? -1 : size)));
  builder.set(node.outputs[0], builder.add('Reshape', [builder.value(node.inputs.x ?? node.inputs.input), target]));
}

/** Reductions take their axes as an attribute, sums as an input. */
const reduced =
  (operator: string): Emitter =>
  (builder, node) => {
    const { x } = node.inputs;
    const { axis, keepDims = false } = node.attributes;
    const rank = rankOf(builder, x);
    const all = Array.from({ length: rank }, (_, i) => i);
    const axes =
      axis === undefined || axis === null ? all : [axis as number | number[]].flat().map(one => positive(one, rank));
    const isMap = rank === 4 && axes.join() === '1,2' && builder.isChannelsFirst(x);
    const [input, own] = isMap ? [builder.value(x, 'channelsFirst'), [2, 3]] : [builder.value(x), axes];
    const keepdims = keepDims ? 1 : 0;
    const made =
      operator === 'ReduceSum'
        ? builder.add(operator, [input, builder.integers(own)], { keepdims })
        : builder.add(operator, [input], { axes: own, keepdims });
    builder.set(node.outputs[0], made, isMap && keepDims ? 'channelsFirst' : 'natural');
  };

function matrixProduct(builder: Builder, node: GraphNode): void {
  const { a, b } = node.inputs;
  const factors = [a, b].map((name, i) => {
    const isTransposed = node.attributes[i === 0 ? 'transposeA' : 'transposeB'] === true;
    if (!isTransposed) return builder.value(name);
    const rank = rankOf(builder, name);
    const perm = [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2];
    const constant = builder.constant(name);
    return constant
      ? builder.addConstant(transposed(constant, perm), `${name}_transposed`)
      : builder.add('Transpose', [builder.value(name)], { perm });
  });
  builder.set(node.outputs[0], builder.add('MatMul', factors));
}

function sliced(builder: Builder, node: GraphNode): void {
  const begin = node.attributes.begin as readonly number[];
  const shape = builder.shape(node.outputs[0]);
  const ends = shape.map((size, axis) => {
    if (size >= 0) return begin[axis] + size;
    if (begin[axis] !== 0) throw unsupported('Slice', 'it selects some images of the batch');
    return END;
  });
  const axes = shape.map((_, axis) => axis);
  const parts = [begin, ends, axes].map(data => builder.integers(data));
  builder.set(node.outputs[0], builder.add('Slice', [builder.value(node.inputs.x), ...parts]));
}

function split(builder: Builder, node: GraphNode): void {
  const { x } = node.inputs;
  const axis = positive(Number(node.attributes.axis), rankOf(builder, x));
  const sizes = node.outputs.map(output => builder.shape(output)[axis]);
  if (sizes.some(size => size < 0)) throw unsupported('SplitV', 'it divides the batch');
  const inputs = [builder.value(x), builder.integers(sizes)];
  const made = builder.addMany('Split', inputs, { attributes: { axis }, count: sizes.length });
  node.outputs.forEach((output, i) => builder.set(output, made[i]));
}

function packed(builder: Builder, node: GraphNode): void {
  const axis = positive(Number(node.attributes.axis), rankOf(builder, node.outputs[0]));
  const parts = listed(node.inputs).map(name =>
    builder.add('Unsqueeze', [builder.value(name), builder.integers([axis])]),
  );
  builder.set(node.outputs[0], builder.add('Concat', parts, { axis }));
}

const alongAxis =
  (operator: string, key: string): Emitter =>
  (builder, node) => {
    const x = node.inputs.logits ?? node.inputs.x;
    const axis = positive(Number(node.attributes[key] ?? -1), rankOf(builder, x));
    builder.set(node.outputs[0], builder.add(operator, [builder.value(x)], { axis }));
  };

export const shapes: Readonly<Record<string, Emitter>> = {
  Reshape: reshaped,
  ExpandDims: reshaped,
  Squeeze: reshaped,
  Mean: reduced('ReduceMean'),
  Sum: reduced('ReduceSum'),
  Max: reduced('ReduceMax'),
  Min: reduced('ReduceMin'),
  BatchMatMul: matrixProduct,
  Slice: sliced,
  SplitV: split,
  Pack: packed,
  Softmax: alongAxis('Softmax', 'dim'),
  LogSoftmax: alongAxis('LogSoftmax', 'axis'),
  Transpose: (builder, node) => {
    const perm = node.attributes.perm as readonly number[];
    builder.set(node.outputs[0], builder.add('Transpose', [builder.value(node.inputs.x)], { perm }));
  },
  Concat: (builder, node) => {
    const axis = positive(Number(node.attributes.axis), rankOf(builder, node.outputs[0]));
    const parts = listed(node.inputs).map(name => builder.value(name));
    builder.set(node.outputs[0], builder.add('Concat', parts, { axis }));
  },
  ExpandBatch: (builder, node) => {
    const shape = builder.shapeTensor(builder.shape(node.outputs[0]));
    builder.set(node.outputs[0], builder.add('Expand', [builder.value(node.inputs.x), shape]));
  },
};
