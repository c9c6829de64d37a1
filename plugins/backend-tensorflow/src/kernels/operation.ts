import { tf, withStoredBytes } from '@carl-ssl/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * The private parts of tfjs-node's backend; no other file of this plugin uses any. They are the constants of `binding`,
 * `executeMultipleOutputs` and `createOutputTensor`. `load.ts` loads tfjs-node's files `dist/register_all_kernels.js` and
 * `dist/nodejs_kernel_backend.js`, whose requests for TensorFlow.js it redirects in Node's module loader.
 */

type Attribute = boolean | number | string | readonly number[];

/** Settings of a call of a TensorFlow operation, other than its inputs. */
export interface OperationSettings {
  readonly outputs?: number;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Names of the attributes that hold the element type float32. */
  readonly types?: readonly string[];
  /** Names of those that hold bf16. */
  readonly bf16?: readonly string[];
}

interface NamedAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: Attribute;
}

/** The part of tfjs-node's backend that runs operations by name. */
export interface NodeBackend extends tf.KernelBackend {
  readonly binding: Readonly<
    Record<'TF_FLOAT' | 'TF_ATTR_TYPE' | 'TF_ATTR_STRING' | 'TF_ATTR_INT' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL', number>
  >;
  executeMultipleOutputs(
    name: string,
    attributes: readonly NamedAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
  /** The tensor of a result within TensorFlow, which has an element type by number. */
  createOutputTensor(result: { readonly dtype: number }): Tensor;
}

/** Attributes of type float, also where their value is an integer. */
const REAL = new Set(['epsilon', 'exponential_avg_factor']);

/** TensorFlow's number of the element type bf16, which tfjs-node does not know. */
const BF16 = 14;

/**
 * Lets a backend return tensors in bf16, which TensorFlow.js takes for float32. TensorFlow refuses them as arguments of
 * operations for float32.
 */
export function allowingBf16(backend: NodeBackend): NodeBackend {
  const create = backend.createOutputTensor.bind(backend);
  const { TF_FLOAT } = backend.binding;
  backend.createOutputTensor = result => {
    if (result.dtype !== BF16) return create(result);
    return withStoredBytes(2, () => create({ ...result, dtype: TF_FLOAT }));
  };
  return backend;
}

/** Runs a TensorFlow operation by its name, without recording it for differentiation. The caller owns the outputs. */
export function operation(name: string, inputs: readonly Tensor[], settings: OperationSettings = {}): Tensor[] {
  const backend = tf.backend() as unknown as NodeBackend;
  const { outputs = 1, attributes = {}, types = ['T'], bf16 = [] } = settings;
  const { binding } = backend;
  const typeOf = (name: string, value: number) => ({ name, type: binding.TF_ATTR_TYPE, value });
  const named = [...types.map(type => typeOf(type, binding.TF_FLOAT)), ...bf16.map(type => typeOf(type, BF16))];
  for (const [key, value] of Object.entries(attributes))
    named.push({ name: key, ...typed(key, value, binding) } as never);
  return backend.executeMultipleOutputs(name, named, inputs, outputs);
}

function typed(name: string, value: Attribute, binding: NodeBackend['binding']): Omit<NamedAttribute, 'name'> {
  if (typeof value === 'boolean') return { type: binding.TF_ATTR_BOOL, value };
  if (typeof value === 'string') return { type: binding.TF_ATTR_STRING, value };
  return { type: REAL.has(name) ? binding.TF_ATTR_FLOAT : binding.TF_ATTR_INT, value };
}
