import type { Graph } from '@carl-ssl/core';
import { Builder } from './builder.js';
import { elementwise } from './elementwise.js';
import { asHalf } from '../half-graph.js';
import { DATA_TYPES, modelMessage, type OnnxConstant, type OnnxGraph, type OnnxNode, type OnnxPort } from './model.js';
import { bytesOf, type Message } from './protobuf.js';
import { shapes } from './shapes.js';
import { windows } from './windows.js';

/** Largest file that Protocol Buffers allow. */
export const MOST_BYTES = 2 ** 31 - 1;

/** Texts of the file, and whether constants that are float16 numbers are stored as such. */
interface FileSettings {
  readonly name: string;
  readonly description: string;
  readonly isHalf: boolean;
}

/** The ONNX file of a graph: images [batch, C, H, W] in, outputs by name out. */
export function onnxModel(graph: Graph, { isHalf, ...text }: FileSettings): Message {
  const builder = new Builder(graph, { ...windows, ...elementwise, ...shapes });
  const outputs = Object.entries(graph.outputs).map(([name, value]): OnnxPort => {
    builder.nodes.push({ operator: 'Identity', inputs: [builder.value(value)], outputs: [name] });
    return { name, shape: graph.values[value].shape.map(portSize) };
  });
  const [batch, height, width, channels] = graph.values[graph.input].shape;
  const input = { name: graph.input, shape: [batch, channels, height, width].map(portSize) };
  const own = { nodes: builder.nodes, constants: builder.constants };
  return modelMessage({ ...text, input, outputs, ...(isHalf ? withHalves(own) : own) });
}

/** Stores constants as float16 where nothing is lost. They are converted to float32 before they are used. */
function withHalves({
  nodes,
  constants,
}: Pick<OnnxGraph, 'nodes' | 'constants'>): Pick<OnnxGraph, 'nodes' | 'constants'> {
  const stored = new Map<string, OnnxConstant>();
  const casts: OnnxNode[] = [];
  for (const [name, constant] of constants) {
    const data = asHalf(constant);
    if (!data) {
      stored.set(name, constant);
      continue;
    }
    stored.set(`${name}_half`, { shape: constant.shape, dtype: 'float16', data });
    casts.push({ operator: 'Cast', inputs: [`${name}_half`], outputs: [name], attributes: { to: DATA_TYPES.float32 } });
  }
  return { nodes: [...casts, ...nodes], constants: stored };
}

const portSize = (size: number): number | string => (size < 0 ? 'batch' : size);

export { bytesOf };
