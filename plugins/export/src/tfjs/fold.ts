import type { Graph, GraphConstant, GraphNode } from '@carl-ssl/core';
import type { ScaledGraph } from '../half-graph.js';

/** Kernels of convolutions and their fused forms, which add a bias and may end with an activation. */
const FUSED: Readonly<Record<string, string>> = {
  Conv2D: 'FusedConv2D',
  DepthwiseConv2dNative: 'FusedDepthwiseConv2D',
};
const ACTIVATIONS = new Set(['Relu', 'Relu6']);

/**
 * The graph with batch normalisations and biases folded into the convolution before them, and activations made part of it:
 * fewer passes over the maps. Fused nodes have the inputs `x`, `filter` and `bias` and the attribute `activation`.
 */
export function folded(graph: Graph): ScaledGraph {
  const folding = new Folding(graph);
  for (const node of graph.nodes) folding.add(node);
  const { nodes, constants, scales } = folding;
  return { graph: { ...graph, nodes, constants: { ...graph.constants, ...constants } }, scales };
}

class Folding {
  readonly nodes: GraphNode[] = [];
  readonly constants: Record<string, GraphConstant> = {};
  readonly scales: Record<string, { constant: string; factors: Float64Array }> = {};
  readonly #uses = new Map<string, number>();

  constructor(private readonly graph: Graph) {
    const names = graph.nodes.flatMap(({ inputs }) => Object.values(inputs));
    for (const name of [...names, ...Object.values(graph.outputs)])
      this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
  }

  add(node: GraphNode): void {
    const at = this.nodes.findIndex(({ outputs }) => outputs[0] === dataInput(node));
    const before = at < 0 || this.#uses.get(this.nodes[at].outputs[0]) !== 1 ? undefined : this.nodes[at];
    const fused =
      before && (this.#scaled(before, node) ?? shifted(before, node, this.graph) ?? activated(before, node));
    if (fused) this.nodes[at] = fused;
    else this.nodes.push(node);
  }

  /** A convolution and the batch normalisation after it. */
  #scaled(convolution: GraphNode, node: GraphNode): GraphNode | undefined {
    const kernel = FUSED[convolution.kernel] as string | undefined;
    if (!kernel || node.kernel !== 'FusedBatchNorm') return undefined;
    const constant = (name: string | undefined) =>
      name === undefined ? undefined : (this.graph.constants[name] as GraphConstant | undefined);
    const filter = constant(convolution.inputs.filter);
    const [mean, variance] = [constant(node.inputs.mean), constant(node.inputs.variance)];
    if (!filter || !mean || !variance) return undefined;
    const [scale, offset] = ['scale', 'offset'].map(name => constant((node.inputs as Record<string, string | undefined>)[name])); // prettier-ignore
    const epsilon = Number(node.attributes.varianceEpsilon ?? 1e-3);
    const factor = Float64Array.from(variance.data, (value, c) => (scale?.data[c] ?? 1) / Math.sqrt(value + epsilon));
    const channels = factor.length;
    const name = convolution.inputs.filter;
    this.constants[`${name}_folded`] = {
      ...filter,
      // The output channel is the last axis of a filter, or the last two together.
      data: Float32Array.from(filter.data, (value, at) => value * factor[at % channels]),
    };
    this.scales[name] = { constant: `${name}_folded`, factors: factor };
    const bias = Float32Array.from(factor, (value, c) => (offset?.data[c] ?? 0) - mean.data[c] * value);
    this.constants[`${name}_bias`] = { shape: [channels], dtype: 'float32', data: bias };
    const inputs = { x: convolution.inputs.x, filter: `${name}_folded`, bias: `${name}_bias` };
    return { kernel, inputs, attributes: convolution.attributes, outputs: node.outputs };
  }
}

function dataInput({ inputs }: GraphNode): string {
  return inputs.x ?? inputs.a;
}

/** A convolution and the addition of a constant to each channel. */
function shifted(convolution: GraphNode, node: GraphNode, graph: Graph): GraphNode | undefined {
  const kernel = FUSED[convolution.kernel] as string | undefined;
  if (!kernel || node.kernel !== 'Add') return undefined;
  const bias = graph.constants[node.inputs.b] as GraphConstant | undefined;
  const channels = graph.values[node.outputs[0]].shape.at(-1);
  if (bias?.shape.length !== 1 || bias.shape[0] !== channels) return undefined;
  const inputs = { ...convolution.inputs, bias: node.inputs.b };
  return { kernel, inputs, attributes: convolution.attributes, outputs: node.outputs };
}

/** A fused convolution and the activation after it. */
function activated(before: GraphNode, node: GraphNode): GraphNode | undefined {
  if (!Object.values(FUSED).includes(before.kernel) || before.attributes.activation !== undefined) return undefined;
  if (!ACTIVATIONS.has(node.kernel)) return undefined;
  return { ...before, attributes: { ...before.attributes, activation: node.kernel }, outputs: node.outputs };
}
