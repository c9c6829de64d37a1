import type { GraphNode } from '@carl-ssl/core';
import { transposed } from '../transposed.js';
import { unsupported, type Builder, type Emitter } from './builder.js';

/** Convolutions and pooling: windows that move over images. */

type Pair = readonly [number, number];

interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
}

/** Padding of an image: rows above and below, columns to the left and right. */
type Padding = readonly [top: number, left: number, bottom: number, right: number];

const pair = (value: unknown): Pair =>
  Array.isArray(value) ? [Number(value[0]), Number(value[1])] : [Number(value), Number(value)];

/** The images of a window, and their padding, of which a padding before it becomes a part. */
function padded(
  builder: Builder,
  node: GraphNode,
  { window, fill }: { readonly window: Window; readonly fill: number },
) {
  const own = paddingOf(builder, node, window);
  const before = builder.producer(node.inputs.x);
  if (before?.kernel !== 'PadV2' || before.attributes.constantValue !== fill || own.some(size => size > 0))
    return { x: node.inputs.x, pads: own };
  const pads = before.attributes.paddings as readonly Pair[];
  if ([...pads[0], ...pads[3]].some(size => size > 0)) return { x: node.inputs.x, pads: own };
  return { x: before.inputs.x, pads: [pads[1][0], pads[2][0], pads[1][1], pads[2][1]] as Padding };
}

function paddingOf(builder: Builder, { kernel, inputs, attributes }: GraphNode, window: Window): Padding {
  const { pad, dataFormat = 'NHWC' } = attributes;
  if (dataFormat !== 'NHWC') throw unsupported(kernel, `its data format is ${String(dataFormat)}`);
  if (pad === 'valid' || pad === 0) return [0, 0, 0, 0];
  if (typeof pad === 'number') return [pad, pad, pad, pad];
  if (pad !== 'same') throw unsupported(kernel, 'its padding is not the same, valid, or one number');
  const [, ...sides] = builder.shape(inputs.x);
  const total = window.size.map((size, axis) => {
    const stride = window.strides[axis];
    const reach = (Math.ceil(sides[axis] / stride) - 1) * stride + (size - 1) * window.dilations[axis] + 1;
    return Math.max(0, reach - sides[axis]);
  });
  const [top, left] = total.map(size => Math.floor(size / 2));
  return [top, left, total[0] - top, total[1] - left];
}

function convolution(builder: Builder, node: GraphNode, order: readonly number[], groups: number): void {
  const filter = builder.constant(node.inputs.filter);
  if (!filter) throw unsupported(node.kernel, 'its filter is not constant');
  const weight = transposed(filter, order);
  const [outputs, inputs] = groups === 1 ? weight.shape : [weight.shape[0] * weight.shape[1], 1];
  const size = [weight.shape[2], weight.shape[3]] as const;
  const window = { size, strides: pair(node.attributes.strides), dilations: pair(node.attributes.dilations ?? 1) };
  const { x, pads } = padded(builder, node, { window, fill: 0 });
  const source = pads.every(one => one === 0) ? singlePixels(builder, x) : undefined;
  const strides = source
    ? ([0, 1].map(axis => window.strides[axis] * source.strides[axis]) as unknown as Pair)
    : window.strides;
  const name = builder.addConstant({ ...weight, shape: [outputs, inputs, ...size] }, node.inputs.filter);
  const made = builder.add(
    'Conv',
    [builder.value(source && size.join() === '1,1' ? source.x : x, 'channelsFirst'), name],
    {
      kernel_shape: size,
      strides: size.join() === '1,1' ? strides : window.strides,
      dilations: window.dilations,
      pads,
      group: groups,
    },
  );
  builder.set(node.outputs[0], made, 'channelsFirst');
}

/** The images of a pooling of single pixels, which selects every n-th pixel. */
function singlePixels(builder: Builder, name: string): { readonly x: string; readonly strides: Pair } | undefined {
  const node = builder.producer(name);
  if (node?.kernel !== 'AvgPool' || pair(node.attributes.filterSize).join() !== '1,1') return undefined;
  return { x: node.inputs.x, strides: pair(node.attributes.strides) };
}

const pool =
  (operator: string, fill: number): Emitter =>
  (builder, node) => {
    const size = pair(node.attributes.filterSize);
    const window: Window = { size, strides: pair(node.attributes.strides), dilations: [1, 1] };
    const { x, pads } = padded(builder, node, { window, fill });
    const attributes = { kernel_shape: size, strides: window.strides, pads };
    builder.set(
      node.outputs[0],
      builder.add(operator, [builder.value(x, 'channelsFirst')], attributes),
      'channelsFirst',
    );
  };

export const windows: Readonly<Record<string, Emitter>> = {
  Conv2D: (builder, node) => convolution(builder, node, [3, 2, 0, 1], 1),
  DepthwiseConv2dNative: (builder, node) =>
    convolution(builder, node, [2, 3, 0, 1], builder.shape(node.inputs.filter)[2]),
  MaxPool: pool('MaxPool', -Infinity),
  // Pixels of the padding do not count, so that no padding before it becomes a part.
  AvgPool: pool('AveragePool', NaN),
  PadV2: (builder, node) => {
    const paddings = node.attributes.paddings as readonly Pair[];
    const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
    const value = builder.scalar(Number(node.attributes.constantValue));
    builder.set(node.outputs[0], builder.add('Pad', [builder.value(node.inputs.x), builder.integers(pads), value]));
  },
};
