import type { Tensor } from '@tensorflow/tfjs-core';
import type { WeightSpec } from '../contracts/weights.js';
import { CarlError } from '../errors/carl-error.js';
import type { StoredTensor } from './safetensors.js';
import { tf } from './tf.js';

/** Tensors as they are stored, by name. */
export type DiskTensors = Readonly<Record<string, StoredTensor>>;

type Specs = ReadonlyMap<string, Pick<WeightSpec, 'layout' | 'shape'>>;

/** Converts values in memory to values on disk: convolutions [h, w, in, out] become [out, in, h, w]. */
export async function toDisk(specs: Specs, values: ReadonlyMap<string, Tensor>): Promise<DiskTensors> {
  const stored: Record<string, StoredTensor> = {};
  for (const [name, spec] of specs) {
    const tensor = tf.tidy(() =>
      spec.layout === 'conv' ? tf.transpose(values.get(name)!, [3, 2, 0, 1]) : tf.clone(values.get(name)!),
    );
    stored[name] = { dtype: 'F32', shape: tensor.shape, data: await tensor.data<'float32'>() };
    tensor.dispose();
  }
  return stored;
}

/** The inverse of {@link toDisk}; results are owned by the caller. */
export function fromDisk(specs: Specs, stored: DiskTensors, source: string): Map<string, Tensor> {
  const problems = misfits(specs, stored);
  if (problems.length > 0)
    throw new CarlError(
      'INPUT_WEIGHTS',
      `${source}: the weights do not fit this network:\n  ${problems.slice(0, 20).join('\n  ')}`,
    );
  return new Map([...specs].map(([name, spec]) => [name, inMemory(stored[name], spec.layout)]));
}

/** Differences between stored tensors and the weights of a network, one line for each missing, misshapen or extra tensor. */
export function misfits(specs: Specs, stored: DiskTensors): readonly string[] {
  const unfit = [...specs].flatMap(([name, spec]) => problemOf(name, diskShape(spec), stored));
  const extra = Object.keys(stored).filter(name => !specs.has(name));
  return [...unfit, ...extra.map(name => `${name} is not a weight of this network`)];
}

function inMemory({ shape, data }: StoredTensor, layout: WeightSpec['layout']): Tensor {
  return tf.tidy(() => {
    const tensor = tf.tensor(data, [...shape], 'float32');
    return layout === 'conv' ? tf.transpose(tensor, [2, 3, 1, 0]) : tensor;
  });
}

function diskShape({ layout, shape }: Pick<WeightSpec, 'layout' | 'shape'>): readonly number[] {
  return layout === 'conv' ? [shape[3], shape[2], shape[0], shape[1]] : shape;
}

function problemOf(name: string, shape: readonly number[], stored: DiskTensors): string[] {
  if (!Object.hasOwn(stored, name)) return [`${name} is missing`];
  const found = stored[name].shape.join(', ');
  return found === shape.join(', ') ? [] : [`${name} has shape [${found}], the network needs [${shape.join(', ')}]`];
}
