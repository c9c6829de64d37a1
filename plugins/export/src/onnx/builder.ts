import { CarlError, type Graph, type GraphConstant, type GraphNode } from '@carl-ssl/core';
import type { OnnxConstant, OnnxNode } from './model.js';

/** Order of the axes of images and their maps: as in TensorFlow.js, or as in ONNX. */
export type Layout = 'natural' | 'channelsFirst';

/** Adds the operations for one kernel; the first output is that of the kernel. */
export type Emitter = (builder: Builder, node: GraphNode) => void;

/** Translates a graph into operations of ONNX, each value where it is first needed. */
export class Builder {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, OnnxConstant>();
  readonly #names = { natural: new Map<string, string>(), channelsFirst: new Map<string, string>() };
  readonly #producers: ReadonlyMap<string, GraphNode>;
  #count = 0;

  constructor(
    readonly graph: Graph,
    private readonly emitters: Readonly<Record<string, Emitter>>,
  ) {
    this.#producers = new Map(graph.nodes.flatMap(node => node.outputs.map(output => [output, node] as const)));
    this.#names.channelsFirst.set(graph.input, graph.input);
  }

  /** The kernel that computes a value; undefined for the images and constants. */
  producer(name: string): GraphNode | undefined {
    return this.#producers.get(name);
  }

  constant(name: string): GraphConstant | undefined {
    return this.graph.constants[name] as GraphConstant | undefined;
  }

  /** Shape of a value or constant, in the order of TensorFlow.js. */
  shape(name: string): readonly number[] {
    return (this.constant(name) ?? this.graph.values[name]).shape;
  }

  /** True if a value is there with the channels first. */
  isChannelsFirst(name: string): boolean {
    if (this.constant(name)) return false;
    this.#require(name);
    return this.#names.channelsFirst.has(name);
  }

  /** The name in ONNX of a value in the given layout. */
  value(name: string, layout: Layout = 'natural'): string {
    const constant = this.constant(name);
    if (constant) return this.addConstant(constant, name);
    this.#require(name);
    const known = this.#names[layout].get(name);
    if (known !== undefined) return known;
    const [from, perm] =
      layout === 'natural'
        ? [this.#names.channelsFirst.get(name)!, [0, 2, 3, 1]]
        : [this.#names.natural.get(name)!, [0, 3, 1, 2]];
    const made = this.add('Transpose', [from], { perm });
    this.#names[layout].set(name, made);
    return made;
  }

  /** Sets the name in ONNX of a value. */
  set(name: string, made: string, layout: Layout = 'natural'): void {
    this.#names[layout].set(name, made);
  }

  /** Adds an operation of one output. */
  add(operator: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}): string {
    return this.addMany(operator, inputs, { attributes, count: 1 })[0];
  }

  addMany(
    operator: string,
    inputs: readonly string[],
    { attributes, count }: { readonly attributes: OnnxNode['attributes']; readonly count: number },
  ): readonly string[] {
    const outputs = Array.from({ length: count }, () => `${operator.toLowerCase()}_${this.#count++}`);
    this.nodes.push({ operator, inputs, outputs, attributes });
    return outputs;
  }

  /** Adds a constant under its name, or a new one. */
  addConstant(constant: OnnxConstant, name = `constant_${this.#count++}`): string {
    if (!this.constants.has(name)) this.constants.set(name, constant);
    return name;
  }

  integers(data: readonly number[]): string {
    return this.addConstant({ shape: [data.length], dtype: 'int64', data });
  }

  scalar(value: number): string {
    return this.addConstant({ shape: [], dtype: 'float32', data: Float32Array.of(value) });
  }

  /** A shape as a tensor, with the number of images where it is needed. */
  shapeTensor(shape: readonly number[]): string {
    if (shape.every(size => size >= 0)) return this.integers(shape);
    const all = this.add('Shape', [this.graph.input]);
    const batch = this.add('Slice', [all, this.integers([0]), this.integers([1])]);
    const parts = shape.map(size => {
      if (size >= 0) return this.integers([size]);
      return size === -1 ? batch : this.add('Mul', [batch, this.integers([-size])]);
    });
    return this.add('Concat', parts, { axis: 0 });
  }

  #require(name: string): void {
    if (this.#names.natural.has(name) || this.#names.channelsFirst.has(name)) return;
    const node = this.#producers.get(name)!;
    const emit = this.emitters[node.kernel] as Emitter | undefined;
    if (!emit) throw unsupported(node.kernel, 'it has no form in ONNX here');
    emit(this, node);
  }
}

/** The error for a kernel that cannot be exported. */
export function unsupported(kernel: string, reason: string): CarlError {
  return new CarlError(
    'INPUT_ARGUMENT',
    `This encoder cannot be exported as ONNX: it uses the operation ${kernel}, and ${reason}. Export its weights with --format ` +
      'torchvision or timm, or use it by `carl embed`.',
  );
}
