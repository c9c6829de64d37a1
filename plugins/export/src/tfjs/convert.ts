import type { Graph, GraphConstant } from '@carl-ssl/core';
import { attribute, Builder, shapeOf, TYPES, unsupported } from './builder.js';
import { folded } from './fold.js';
import { operators, type Emitter } from './operators.js';

/** Bytes of a file of weights, as TensorFlow's converter writes them: browsers keep files of this size. */
const SHARD = 4 * 2 ** 20;

/** Description of a model that our inference package reads. */
export type Metadata = Readonly<Record<string, unknown>>;

export const MODEL = 'model.json';

/** The files of a graph model of TensorFlow.js: images [batch, height, width, channels] in, outputs by name out. */
export function graphModel(graph: Graph, metadata: Metadata): Record<string, Uint8Array | string> {
  const builder = built(graph);
  const shards = shardsOf([...builder.constants.values()]);
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
        weights: [...builder.constants].map(([name, { shape, dtype }]) => ({ name, shape, dtype })),
      },
    ],
  };
  return { [MODEL]: `${JSON.stringify(model)}\n`, ...shards };
}

function built(graph: Graph): Builder {
  const short = folded(graph);
  const builder = new Builder(short);
  const { shape, dtype } = graph.values[graph.input];
  const attr = { dtype: attribute.type(dtype), shape: attribute.shape(shape) };
  builder.add('Placeholder', [], { name: graph.input, attr });
  for (const node of short.nodes) {
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

/** The values of constants one after the other, in files of equal size. */
function shardsOf(constants: readonly GraphConstant[]): Record<string, Uint8Array> {
  const bytes = Buffer.concat(constants.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)));
  const count = Math.max(1, Math.ceil(bytes.length / SHARD));
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `group1-shard${i + 1}of${count}.bin`,
      bytes.subarray(i * SHARD, (i + 1) * SHARD),
    ]),
  );
}
