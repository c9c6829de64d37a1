import { CarlError, type Graph, type GraphConstant, type GraphNode } from '@carl-ssl/core';

/** Value of an attribute in the JSON form of TensorFlow's AttrValue. */
type Attribute = Readonly<Record<string, unknown>>;

/** An operation of TensorFlow. */
export interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, Attribute>>;
}

export const attribute = {
  integer: (value: number): Attribute => ({ i: String(value) }),
  integers: (values: readonly number[]): Attribute => ({ list: { i: values.map(String) } }),
  float: (value: number): Attribute => ({ f: value }),
  bool: (value: boolean): Attribute => ({ b: value }),
  /** Texts are bytes, which JSON has in base64. */
  text: (value: string): Attribute => ({ s: base64(value) }),
  texts: (values: readonly string[]): Attribute => ({ list: { s: values.map(base64) } }),
  type: (dtype: string): Attribute => ({ type: TYPES[dtype] }),
  shape: (sizes: readonly number[]): Attribute => ({ shape: shapeOf(sizes) }),
};

/** Dimensions that depend on the batch are of any size. */
export const shapeOf = (sizes: readonly number[]): Attribute => ({
  dim: sizes.map(size => ({ size: String(Math.max(size, -1)) })),
});

export const TYPES: Readonly<Record<string, string>> = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' };

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Collects the operations and constants of a graph. Values keep their names and their layout. */
export class Builder {
  readonly nodes: TfNode[] = [];
  readonly constants = new Map<string, GraphConstant>();
  readonly #references = new Map<string, string>();
  #count = 0;

  constructor(readonly graph: Graph) {}

  /** Shape of a value or constant. */
  shape(name: string): readonly number[] {
    return ((this.graph.constants[name] as GraphConstant | undefined) ?? this.graph.values[name]).shape;
  }

  /** The name by which other operations take a value or constant. */
  value(name: string): string {
    const constant = this.graph.constants[name] as GraphConstant | undefined;
    return constant ? this.constant(name, constant) : (this.#references.get(name) ?? name);
  }

  /** Sets the operation that gives a value, with the place of its output. */
  refer(name: string, operation: string, place: number): void {
    this.#references.set(name, place === 0 ? operation : `${operation}:${place}`);
  }

  /** Adds an operation under the name of the value that it computes, or a new name. */
  add(
    op: string,
    input: readonly string[],
    { name, attr = {} }: { name?: string; attr?: TfNode['attr'] } = {},
  ): string {
    const own = name ?? `${op.toLowerCase()}_${this.#count++}`;
    this.nodes.push({ name: own, op, input, attr });
    return own;
  }

  integers(data: readonly number[]): string {
    return this.constant(`constant_${this.#count++}`, { shape: [data.length], dtype: 'int32', data: Int32Array.from(data) }); // prettier-ignore
  }

  /** Rows of two integers. */
  table(rows: readonly (readonly [number, number])[]): string {
    const data = Int32Array.from(rows.flat());
    return this.constant(`constant_${this.#count++}`, { shape: [rows.length, 2], dtype: 'int32', data });
  }

  floats(data: Float32Array): string {
    return this.constant(`constant_${this.#count++}`, { shape: [data.length], dtype: 'float32', data });
  }

  scalar(value: number, dtype: 'float32' | 'int32' = 'float32'): string {
    const data = dtype === 'int32' ? Int32Array.of(value) : Float32Array.of(value);
    return this.constant(`constant_${this.#count++}`, { shape: [], dtype, data });
  }

  /** Adds a constant under a name, once, and gives the name. */
  constant(name: string, constant: GraphConstant): string {
    if (this.constants.has(name)) return name;
    this.constants.set(name, constant);
    this.nodes.push({
      name,
      op: 'Const',
      input: [],
      attr: { dtype: attribute.type(constant.dtype) },
    });
    return name;
  }
}

/** The error for a kernel that cannot be exported. */
export function unsupported({ kernel }: GraphNode, reason: string): CarlError {
  return new CarlError(
    'INPUT_ARGUMENT',
    `This encoder cannot be exported as a graph model of TensorFlow.js: it uses the operation ${kernel}, and ${reason}. ` +
      'Export it with --format onnx, or its weights with --format torchvision or timm.',
  );
}
