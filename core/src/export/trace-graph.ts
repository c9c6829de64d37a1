import type { Tensor } from '@tensorflow/tfjs-core';
import type { Dimension, Graph, GraphConstant, GraphNode, GraphValue } from '../contracts/graph.js';
import { CarlError } from '../errors/carl-error.js';
import { traceKernels, type KernelTrace, type TracedPass } from './kernel-trace.js';

/** Numbers of images of the two passes whose difference shows the dimensions that depend on them. */
const BATCHES = [2, 3] as const;

/** Names of weights by the identifier of their tensor. */
export type WeightNames = ReadonlyMap<number, string>;

/**
 * Traces a forward pass for any number of images.
 * @param weights names for the constants that are weights
 * @throws CarlError INPUT_ARGUMENT if the kernels depend on the number of images
 */
export async function traceGraph(
  pass: TracedPass,
  image: readonly [number, number, number],
  weights: WeightNames,
): Promise<Graph> {
  const small = await traceKernels(pass, [BATCHES[0], ...image]);
  const large = await traceKernels(pass, [BATCHES[1], ...image]);
  try {
    return await new Comparison(small, large, weights).graph();
  } finally {
    for (const { constants } of [small, large]) for (const tensor of constants.values()) tensor.dispose();
  }
}

/** The same forward pass on two and on three images. */
class Comparison {
  readonly #values: Record<string, GraphValue> = {};
  readonly #constants: Record<string, GraphConstant> = {};
  readonly #nodes: GraphNode[] = [];
  readonly #names = new Map<number, string>();

  constructor(
    private readonly small: KernelTrace,
    private readonly large: KernelTrace,
    private readonly weights: WeightNames,
  ) {}

  async graph(): Promise<Graph> {
    const { small, large } = this;
    if (small.nodes.length !== large.nodes.length) throw unstable('the number of operations');
    const input = this.#addValue('images', small.images, large.images);
    for (const [i, node] of small.nodes.entries()) {
      const other = large.nodes[i];
      if (node.kernel !== other.kernel) throw unstable(`operation ${i}, ${node.kernel} or ${other.kernel},`);
      const inputs = await this.#inputs(node.inputs, other.inputs);
      const outputs = node.outputs.map((id, place) => this.#addValue(`v${i}_${place}`, id, other.outputs[place]));
      this.#nodes.push({ kernel: node.kernel, inputs, attributes: node.attributes, outputs });
    }
    const outputs = await this.#inputs(small.outputs, large.outputs);
    return reachable({ input, outputs, values: this.#values, constants: this.#constants, nodes: this.#nodes });
  }

  #addValue(name: string, id: number, other: number): string {
    const { shape, dtype } = this.small.tensors.get(id)!;
    this.#values[name] = { shape: commonShape(shape, this.large.tensors.get(other)!.shape), dtype };
    this.#names.set(id, name);
    return name;
  }

  async #inputs(
    small: Readonly<Record<string, number>>,
    large: Readonly<Record<string, number>>,
  ): Promise<Record<string, string>> {
    const named: Record<string, string> = {};
    for (const [key, id] of Object.entries(small))
      named[key] = this.#names.get(id) ?? (await this.#constant(id, large[key]));
    return named;
  }

  async #constant(id: number, other: number): Promise<string> {
    const tensor = this.small.constants.get(id)!;
    const shape = commonShape(tensor.shape, this.large.constants.get(other)!.shape);
    const name = this.weights.get(id) ?? `c${Object.keys(this.#constants).length}`;
    if (shape.every(size => size >= 0)) {
      this.#names.set(id, name);
      this.#constants[name] = await valuesOf(tensor);
      return name;
    }
    const expanded = await this.#expanded(name, tensor, shape);
    this.#names.set(id, expanded);
    return expanded;
  }

  /** Adds a constant that is repeated along the dimensions that depend on the number of images. */
  async #expanded(name: string, tensor: Tensor, shape: readonly Dimension[]): Promise<string> {
    const { dtype, data } = await valuesOf(tensor);
    const first = tensor.shape.map((size, axis) => (shape[axis] < 0 ? 1 : size));
    const values = repeated(data, tensor.shape, first);
    if (!values) throw unstable('a constant');
    const [constant, output] = [`${name}_one`, `${name}_all`];
    this.#constants[constant] = { shape: first, dtype, data: values };
    this.#values[output] = { shape, dtype };
    this.#nodes.push({ kernel: 'ExpandBatch', inputs: { x: constant }, attributes: {}, outputs: [output] });
    return output;
  }
}

function unstable(subject: string): CarlError {
  return new CarlError(
    'INPUT_ARGUMENT',
    `This encoder cannot be exported as a graph: ${subject} depends on the number of images in the batch. Export its weights ` +
      'with --format torchvision or timm, or use it by `carl embed`.',
  );
}

/** The shape for B images from those for 2 and for 3. */
function commonShape(two: readonly number[], three: readonly number[]): readonly Dimension[] {
  if (two.length !== three.length) throw unstable('the rank of a value');
  return two.map((size, axis) => {
    const step = three[axis] - size;
    if (step === 0) return size;
    if (size !== BATCHES[0] * step) throw unstable(`a dimension of ${size} and ${three[axis]}`);
    return -step;
  });
}

async function valuesOf(tensor: Tensor): Promise<GraphConstant> {
  return { shape: [...tensor.shape], dtype: tensor.dtype, data: (await tensor.data()) as GraphConstant['data'] };
}

/** The values at index 0 of the axes of length 1, if those at all other indices are the same. */
function repeated(
  data: GraphConstant['data'],
  shape: readonly number[],
  first: readonly number[],
): GraphConstant['data'] | undefined {
  const strides = first.map((_, axis) => first.slice(axis + 1).reduce((product, size) => product * size, 1));
  const length = first.reduce((product, size) => product * size, 1);
  const values = data.slice(0, length);
  const seen = new Set<number>();
  for (let at = 0; at < data.length; at++) {
    let rest = at;
    let place = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (first[axis] > 1) place += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    if (seen.has(place) && values[place] !== data[at]) return undefined;
    seen.add(place);
    values[place] = data[at];
  }
  return values;
}

/** The graph without nodes and constants that no output depends on. */
function reachable(graph: Graph): Graph {
  const used = new Set(Object.values(graph.outputs));
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(name => used.has(name))) continue;
    nodes.unshift(node);
    for (const name of Object.values(node.inputs)) used.add(name);
  }
  const outputs = new Set(nodes.flatMap(node => node.outputs));
  const kept = <T>(record: Readonly<Record<string, T>>, isKept: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => isKept(name)));
  return {
    ...graph,
    nodes,
    values: kept(graph.values, name => name === graph.input || outputs.has(name)),
    constants: kept(graph.constants, name => used.has(name)),
  };
}
