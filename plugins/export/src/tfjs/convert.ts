import type { Graph, GraphConstant } from '@carl-ssl/core';
import { attribute, Builder, shapeOf, TYPES, unsupported } from './builder.js';
import { asHalf } from '../half-graph.js';
import { operators, type Emitter } from './operators.js';

/** Bytes of a file of weights, as TensorFlow's converter writes them: browsers keep files of this size. */
const SHARD = 4 * 2 ** 20;

/** Description of a model that our inference package reads. */
export type Metadata = Readonly<Record<string, unknown>>;

export const MODEL = 'model.json';

/** What a model says of itself, and whether constants that are float16 numbers are stored as such. */
interface ModelSettings {
  readonly metadata: Metadata;
  readonly isHalf: boolean;
}

/** A constant as it is stored: its bytes and its entry in the list of weights. */
interface StoredConstant {
  readonly bytes: Buffer;
  readonly entry: object;
}

/**
 * The files of a graph model of TensorFlow.js: images [batch, height, width, channels] in, outputs by name out.
 * @param graph convolutions as {@link folded} makes them
 */
export function graphModel(graph: Graph, { metadata, isHalf }: ModelSettings): Record<string, Uint8Array | string> {
  const builder = built(graph);
  const stored = [...builder.constants].map(([name, constant]) => storedConstant(name, constant, isHalf));
  const shards = shardsOf(Buffer.concat(stored.map(({ bytes }) => bytes)));
  const model = {
    format: 'graph-model',
    generatedBy: 'carl',
    convertedBy: null,
    signature: {
      inputs: { [graph.input]: port(graph, graph.input, graph.input) },
      outputs: Object.fromEntries(
        Object.entries(graph.outputs).map(([name, value]) => [name, port(graph, value, name)]),
      ),
    },
    userDefinedMetadata: { carl: metadata },
    modelTopology: { node: builder.nodes, library: {}, versions: { producer: 1 } },
    weightsManifest: [
      {
        paths: Object.keys(shards),
        weights: stored.map(({ entry }) => entry),
      },
    ],
  };
  return { [MODEL]: `${JSON.stringify(model)}\n`, ...shards };
}

function storedConstant(name: string, constant: GraphConstant, isHalf: boolean): StoredConstant {
  const { shape, dtype, data } = constant;
  const bits = isHalf ? asHalf(constant) : undefined;
  const { buffer, byteOffset, byteLength } = bits ?? data;
  // The loader converts such weights to float32.
  const quantization = bits && { quantization: { dtype: 'float16', original_dtype: 'float32' } };
  return { bytes: Buffer.from(buffer, byteOffset, byteLength), entry: { name, shape, dtype, ...quantization } };
}

function built(graph: Graph): Builder {
  const builder = new Builder(graph);
  const { shape, dtype } = graph.values[graph.input];
  const attr = { dtype: attribute.type(dtype), shape: attribute.shape(shape) };
  builder.add('Placeholder', [], { name: graph.input, attr });
  for (const node of graph.nodes) {
    const emit = operators[node.kernel] as Emitter | undefined;
    if (!emit) throw unsupported(node, 'it has no form in such a model here');
    emit(builder, node);
  }
  for (const [name, value] of Object.entries(graph.outputs)) builder.add('Identity', [builder.value(value)], { name });
  return builder;
}

function port({ values }: Graph, value: string, name: string): object {
  const { shape, dtype } = values[value];
  return { name: `${name}:0`, dtype: TYPES[dtype], tensorShape: shapeOf(shape) };
}

/** The values of constants in files of equal size. */
function shardsOf(bytes: Buffer): Record<string, Uint8Array> {
  const count = Math.max(1, Math.ceil(bytes.length / SHARD));
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `group1-shard${i + 1}of${count}.bin`,
      bytes.subarray(i * SHARD, (i + 1) * SHARD),
    ]),
  );
}
