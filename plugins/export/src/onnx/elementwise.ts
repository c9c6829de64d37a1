import type { GraphNode } from '@carl-ssl/core';
import type { Builder, Emitter, Layout } from './builder.js';
import { channelsFirst } from './constants.js';
import { DATA_TYPES } from './model.js';

/** Operations on each value, in the layout in which the values are. */

const unary =
  (emit: (builder: Builder, x: string) => string): Emitter =>
  (builder, node) => {
    const { x } = node.inputs;
    const layout: Layout = builder.isChannelsFirst(x) ? 'channelsFirst' : 'natural';
    builder.set(node.outputs[0], emit(builder, builder.value(x, layout)), layout);
  };

const named = (operator: string): Emitter => unary((builder, x) => builder.add(operator, [x]));

const binary =
  (emit: (builder: Builder, a: string, b: string) => string): Emitter =>
  (builder, node) => {
    const { a, b } = node.inputs;
    const layout = commonLayout(builder, node);
    const [first, second] = [a, b].map(name => operand(builder, name, layout));
    builder.set(node.outputs[0], emit(builder, first, second), layout);
  };

/** Channels first, if all values of rank 4 are there so and the others are constants. */
function commonLayout(builder: Builder, { inputs }: GraphNode): Layout {
  const values = Object.values(inputs).filter(name => !builder.constant(name));
  return values.every(name => builder.shape(name).length === 4 && builder.isChannelsFirst(name))
    ? 'channelsFirst'
    : 'natural';
}

function operand(builder: Builder, name: string, layout: Layout): string {
  const constant = builder.constant(name);
  if (!constant || layout === 'natural') return builder.value(name, layout);
  return builder.addConstant(channelsFirst(constant), `${name}_channels_first`);
}

const plainBinary = (operator: string): Emitter => binary((builder, a, b) => builder.add(operator, [a, b]));

function batchNormalization(builder: Builder, node: GraphNode): void {
  const { x, scale, offset, mean, variance } = node.inputs as Readonly<Record<string, string | undefined>>;
  const isImage = builder.shape(x!).length === 4;
  const layout: Layout = isImage ? 'channelsFirst' : 'natural';
  const channels = builder.shape(mean!)[0];
  const filled = (name: string | undefined, value: number) =>
    name === undefined
      ? builder.addConstant({ shape: [channels], dtype: 'float32', data: new Float32Array(channels).fill(value) })
      : builder.value(name);
  const inputs = [
    builder.value(x!, layout),
    filled(scale, 1),
    filled(offset, 0),
    builder.value(mean!),
    builder.value(variance!),
  ];
  const epsilon = { float: Number(node.attributes.varianceEpsilon ?? 1e-3) };
  builder.set(node.outputs[0], builder.add('BatchNormalization', inputs, { epsilon }), layout);
}

export const elementwise: Readonly<Record<string, Emitter>> = {
  ...Object.fromEntries(
    ['Relu', 'Erf', 'Exp', 'Log', 'Sqrt', 'Sigmoid', 'Tanh', 'Neg', 'Reciprocal', 'Abs', 'Elu', 'Selu', 'Softplus', 'Floor', 'Ceil'].map(name => [name, named(name)]), // prettier-ignore
  ),
  Rsqrt: unary((builder, x) => builder.add('Reciprocal', [builder.add('Sqrt', [x])])),
  Square: unary((builder, x) => builder.add('Mul', [x, x])),
  Relu6: unary((builder, x) => builder.add('Clip', [x, builder.scalar(0), builder.scalar(6)])),
  Cast: (builder, node) => {
    const to = DATA_TYPES[String(node.attributes.dtype)];
    unary((own, x) => own.add('Cast', [x], { to }))(builder, node);
  },
  LeakyRelu: (builder, node) =>
    unary((own, x) => own.add('LeakyRelu', [x], { alpha: { float: Number(node.attributes.alpha) } }))(builder, node),
  Add: plainBinary('Add'),
  AddV2: plainBinary('Add'),
  Sub: plainBinary('Sub'),
  Multiply: plainBinary('Mul'),
  RealDiv: plainBinary('Div'),
  Maximum: plainBinary('Max'),
  Minimum: plainBinary('Min'),
  Pow: plainBinary('Pow'),
  SquaredDifference: binary((builder, a, b) => {
    const difference = builder.add('Sub', [a, b]);
    return builder.add('Mul', [difference, difference]);
  }),
  FusedBatchNorm: batchNormalization,
};
