import type { GraphConstant } from '@carl-ssl/core';
import { bytesField, floatField, integerField, message, messageField, textField, type Message } from './protobuf.js';

/** Version of ONNX's set of operators. */
export const OPSET = 17;
/** Version of the file format that belongs to it. */
const IR_VERSION = 8;

/** An operation of ONNX. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** An integer, a list of integers, or a float. */
type OnnxAttribute = number | readonly number[] | { readonly float: number };

/** Integers of 64 bits, which shapes and axes are. */
interface Int64Constant {
  readonly shape: readonly number[];
  readonly dtype: 'int64';
  readonly data: readonly number[];
}

/** float16 numbers as their bits. */
interface HalfConstant {
  readonly shape: readonly number[];
  readonly dtype: 'float16';
  readonly data: Uint16Array;
}

export type OnnxConstant = GraphConstant | Int64Constant | HalfConstant;

/** An input or output. A text stands for a dimension of any size. */
export interface OnnxPort {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly description: string;
  readonly input: OnnxPort;
  readonly outputs: readonly OnnxPort[];
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxConstant>;
}

/** The file of a graph; field numbers are those of onnx.proto3. @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 */
export function modelMessage(graph: OnnxGraph): Message {
  return message(
    integerField(1, IR_VERSION),
    textField(2, 'carl'),
    textField(6, graph.description),
    messageField(7, graphMessage(graph)),
    messageField(8, message(textField(1, ''), integerField(2, OPSET))),
  );
}

function graphMessage({ name, input, outputs, nodes, constants }: OnnxGraph): Message {
  return message(
    nodes.map(node => messageField(1, nodeMessage(node))),
    textField(2, name),
    [...constants].map(([own, constant]) => messageField(5, tensorMessage(own, constant))),
    messageField(11, portMessage(input)),
    outputs.map(port => messageField(12, portMessage(port))),
  );
}

function nodeMessage({ operator, inputs, outputs, attributes = {} }: OnnxNode): Message {
  return message(
    inputs.map(name => textField(1, name)),
    outputs.map(name => textField(2, name)),
    textField(3, outputs[0]),
    textField(4, operator),
    Object.entries(attributes).map(([name, value]) => messageField(5, attributeMessage(name, value))),
  );
}

const TYPE = { float: 1, integer: 2, integers: 7 } as const;

function attributeMessage(name: string, value: OnnxAttribute): Message {
  const named = textField(1, name);
  if (typeof value === 'number') return message(named, integerField(3, value), integerField(20, TYPE.integer));
  if ('float' in value) return message(named, floatField(2, value.float), integerField(20, TYPE.float));
  return message(
    named,
    value.map(one => integerField(8, one)),
    integerField(20, TYPE.integers),
  );
}

/** Numbers of ONNX for types of values. */
export const DATA_TYPES: Readonly<Record<string, number>> = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 };

function tensorMessage(name: string, { shape, dtype, data }: OnnxConstant): Message {
  const values =
    dtype === 'int64'
      ? BigInt64Array.from(data as readonly number[], BigInt)
      : (data as GraphConstant['data'] | Uint16Array);
  return message(
    shape.map(size => integerField(1, size)),
    integerField(2, DATA_TYPES[dtype]),
    textField(8, name),
    bytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );
}

function portMessage({ name, shape }: OnnxPort): Message {
  const dimensions = shape.map(size =>
    messageField(1, typeof size === 'number' ? integerField(1, size) : textField(2, size)),
  );
  const tensor = message(integerField(1, DATA_TYPES.float32), messageField(2, message(dimensions)));
  return message(textField(1, name), messageField(2, messageField(1, tensor)));
}
