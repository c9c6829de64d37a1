import type { GraphNode } from '@carl-ssl/core';
import { attribute, unsupported, type Builder, type TfNode } from './builder.js';
import type { Emitter } from './operators.js';

/** Convolutions and pooling: windows that move over images. */

type Pair = readonly [number, number];

const pair = (value: unknown): Pair =>
  Array.isArray(value) ? [Number(value[0]), Number(value[1])] : [Number(value), Number(value)];

const ofImages = ([first, second]: Pair) => attribute.integers([1, first, second, 1]);

function padding(node: GraphNode): TfNode['attr'] {
  const { pad, dataFormat = 'NHWC' } = node.attributes;
  if (dataFormat !== 'NHWC') throw unsupported(node, `its data format is ${String(dataFormat)}`);
  const format = { data_format: attribute.text('NHWC') };
  if (pad === 'valid' || pad === 0) return { ...format, padding: attribute.text('VALID') };
  if (pad === 'same') return { ...format, padding: attribute.text('SAME') };
  if (typeof pad !== 'number') throw unsupported(node, 'its padding is not the same, valid, or one number');
  const explicit = attribute.integers([0, 0, pad, pad, pad, pad, 0, 0]);
  return { ...format, padding: attribute.text('EXPLICIT'), explicit_paddings: explicit };
}

const convolution =
  (op: string): Emitter =>
  (builder, node) => {
    const { strides, dilations = 1, activation } = node.attributes;
    const { x, filter, bias } = node.inputs as Readonly<Record<string, string | undefined>>;
    const attr = { strides: ofImages(pair(strides)), dilations: ofImages(pair(dilations)), ...padding(node) };
    const input = [x!, filter!, ...(bias === undefined ? [] : [bias])].map(name => builder.value(name));
    const fused = ['BiasAdd', ...(activation === undefined ? [] : [activation as string])];
    const fusing = { num_args: attribute.integer(1), fused_ops: attribute.texts(fused) };
    builder.add(op, input, { name: node.outputs[0], attr: bias === undefined ? attr : { ...attr, ...fusing } });
  };

const pool =
  (op: string): Emitter =>
  (builder, node) => {
    const { filterSize, strides } = node.attributes;
    const attr = { ksize: ofImages(pair(filterSize)), strides: ofImages(pair(strides)), ...padding(node) };
    // TensorFlow.js reads no other padding of a pooling from a file.
    if ('explicit_paddings' in attr) throw unsupported(node, 'its padding is a number');
    builder.add(op, [builder.value(node.inputs.x)], { name: node.outputs[0], attr });
  };

function padded(builder: Builder, node: GraphNode): void {
  const paddings = node.attributes.paddings as readonly Pair[];
  const sizes = builder.table(paddings);
  const value = builder.scalar(Number(node.attributes.constantValue));
  builder.add('PadV2', [builder.value(node.inputs.x), sizes, value], { name: node.outputs[0] });
}

export const windows: Readonly<Record<string, Emitter>> = {
  Conv2D: convolution('Conv2D'),
  FusedConv2D: convolution('_FusedConv2D'),
  DepthwiseConv2dNative: convolution('DepthwiseConv2dNative'),
  FusedDepthwiseConv2D: convolution('FusedDepthwiseConv2dNative'),
  MaxPool: pool('MaxPool'),
  AvgPool: pool('AvgPool'),
  PadV2: padded,
};
