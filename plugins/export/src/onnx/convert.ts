import type { Graph } from '@carl-ssl/core';
import { Builder } from './builder.js';
import { elementwise } from './elementwise.js';
import { modelMessage, type OnnxPort } from './model.js';
import { bytesOf, type Message } from './protobuf.js';
import { shapes } from './shapes.js';
import { windows } from './windows.js';

/** Largest file that Protocol Buffers allow. */
export const MOST_BYTES = 2 ** 31 - 1;

/** The ONNX file of a graph: images [batch, C, H, W] in, outputs by name out. */
export function onnxModel(graph: Graph, text: { readonly name: string; readonly description: string }): Message {
  const builder = new Builder(graph, { ...windows, ...elementwise, ...shapes });
  const outputs = Object.entries(graph.outputs).map(([name, value]): OnnxPort => {
    builder.nodes.push({ operator: 'Identity', inputs: [builder.value(value)], outputs: [name] });
    return { name, shape: graph.values[value].shape.map(portSize) };
  });
  const [batch, height, width, channels] = graph.values[graph.input].shape;
  const input = { name: graph.input, shape: [batch, channels, height, width].map(portSize) };
  return modelMessage({ ...text, input, outputs, nodes: builder.nodes, constants: builder.constants });
}

const portSize = (size: number): number | string => (size < 0 ? 'batch' : size);

export { bytesOf };
