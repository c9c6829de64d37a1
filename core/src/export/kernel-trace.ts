import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { hookKernels } from '../tensor/engine.js';
import { composedKernels, withKernels } from '../tensor/kernels.js';
import { tf } from '../tensor/tf.js';

/** A kernel that was run for the images, with the identifiers of its tensors. */
interface TracedNode {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, number>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly number[];
}

/** Kernels that one forward pass ran, and the tensors between them. */
export interface KernelTrace {
  readonly images: number;
  readonly nodes: readonly TracedNode[];
  readonly tensors: ReadonlyMap<number, { readonly shape: readonly number[]; readonly dtype: string }>;
  /** Copies of the tensors that do not depend on the images, by their identifier; owned by the caller. */
  readonly constants: ReadonlyMap<number, Tensor>;
  readonly outputs: Readonly<Record<string, number>>;
}

/** A forward pass from images to outputs by name. */
export type TracedPass = (images: Tensor4D) => Readonly<Record<string, Tensor>>;

/** Runs a forward pass on images of zeros with composed kernels, and records the kernels that depend on the images. */
export async function traceKernels(
  pass: TracedPass,
  shape: readonly [number, number, number, number],
): Promise<KernelTrace> {
  return withKernels(
    () => composedKernels,
    () => Promise.resolve(recorded(pass, shape)),
  );
}

function recorded(pass: TracedPass, shape: readonly [number, number, number, number]): KernelTrace {
  const images = tf.zeros<tf.Rank.R4>([...shape]);
  const recording = new Recording(images);
  const restore = hookKernels((name, run, inputs, attributes) => recording.run(name, run, { inputs, attributes }));
  try {
    const outputs = pass(images);
    const ids = Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, recording.identify(tensor)]));
    for (const tensor of Object.values(outputs)) tensor.dispose();
    const { nodes, tensors, constants } = recording;
    return { images: images.id, nodes, tensors, constants, outputs: ids };
  } finally {
    restore();
    images.dispose();
  }
}

class Recording {
  readonly nodes: TracedNode[] = [];
  readonly tensors = new Map<number, { readonly shape: readonly number[]; readonly dtype: string }>();
  readonly constants = new Map<number, Tensor>();
  /** Copies by the identifier of the tensor with the same values. */
  readonly #aliases = new Map<number, number>();
  #isInside = false;

  constructor(images: Tensor) {
    this.#add(images);
  }

  run(
    kernel: string,
    compute: () => unknown,
    { inputs, attributes }: { readonly inputs: object; readonly attributes: unknown },
  ): unknown {
    if (this.#isInside) return compute();
    const given = Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] instanceof tf.Tensor);
    const isDynamic = given.some(([, tensor]) => this.#isDynamic(tensor));
    this.#isInside = true;
    try {
      const result = compute();
      const outputs = [result].flat() as Tensor[];
      if (!isDynamic) return result;
      if (isCopy(kernel, given[0][1], outputs[0])) this.#aliases.set(outputs[0].id, this.identify(given[0][1]));
      else this.#record(kernel, { given, attributes, outputs });
      return result;
    } finally {
      this.#isInside = false;
    }
  }

  /** Identifier of a tensor, whose values are kept if they do not depend on the images. */
  identify(tensor: Tensor): number {
    const id = this.#aliases.get(tensor.id) ?? tensor.id;
    if (!this.tensors.has(id) && !this.constants.has(id)) this.constants.set(id, tf.keep(tf.clone(tensor)));
    return id;
  }

  #record(
    kernel: string,
    node: { readonly given: readonly [string, Tensor][]; readonly attributes: unknown; readonly outputs: Tensor[] },
  ): void {
    const { given, attributes, outputs } = node;
    const inputs = Object.fromEntries(given.map(([name, tensor]) => [name, this.identify(tensor)]));
    for (const tensor of outputs) this.#add(tensor);
    this.nodes.push({
      kernel,
      inputs,
      attributes: { ...(attributes as object | undefined) },
      outputs: outputs.map(({ id }) => id),
    });
  }

  #add({ id, shape, dtype }: Tensor): void {
    this.tensors.set(id, { shape: [...shape], dtype });
  }

  #isDynamic({ id }: Tensor): boolean {
    return this.tensors.has(this.#aliases.get(id) ?? id);
  }
}

/** True for a kernel that returns the values of its input. */
function isCopy(kernel: string, input: Tensor, output: Tensor): boolean {
  return kernel === 'Identity' || (kernel === 'Cast' && input.dtype === output.dtype);
}
