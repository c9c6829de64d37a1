import type { WeightSpec } from '../contracts/weights.js';
import type { StoredTensor } from '../tensor/safetensors.js';
import { misfits, type DiskTensors } from '../tensor/weight-layout.js';
import { NAMINGS } from './namings.js';

/** An encoder in a file of another program. */
export interface EncoderPart {
  /** Beginning of the names in the file: `teacher.backbone.`; empty for weights alone. */
  readonly prefix: string;
  /** The program whose names the weights have. */
  readonly naming: string;
  /** The weights under the names of the encoder. */
  readonly tensors: DiskTensors;
}

/** Weights beside those of an encoder: classifiers, projectors under the same prefix, and PyTorch's counts of batches. */
const BEYOND = /^(fc|heads?|fc_norm|classifier|predictor|projector)\.|(^|\.)num_batches_tracked$/;

/** The encoders in a file that have all weights in the right shapes, and no others of the same parts. */
export function encoderParts(stored: DiskTensors, specs: readonly WeightSpec[]): readonly EncoderPart[] {
  const parts = NAMINGS.flatMap(({ name: naming, rename }) => {
    const foreign = specs.map(spec => [spec, rename(spec.name)] as const);
    const [[, first]] = foreign;
    const prefixes = Object.keys(stored)
      .filter(name => name === first || name.endsWith(`.${first}`))
      .map(name => name.slice(0, -first.length));
    return prefixes.flatMap(prefix => partOf(stored, foreign, prefix).map(tensors => ({ prefix, naming, tensors })));
  });
  return parts.filter((part, i) => parts.findIndex(other => other.prefix === part.prefix) === i);
}

/** The weights under a prefix; none if they are not those of the encoder. */
function partOf(
  stored: DiskTensors,
  foreign: readonly (readonly [WeightSpec, string])[],
  prefix: string,
): readonly DiskTensors[] {
  if (foreign.some(([, name]) => !Object.hasOwn(stored, prefix + name))) return [];
  const tensors = Object.fromEntries(
    foreign.map(([spec, name]) => [spec.name, shaped(stored[prefix + name], spec)] as const),
  );
  if (misfits(new Map(foreign.map(([spec]) => [spec.name, spec])), tensors).length > 0) return [];
  return furtherWeights(stored, foreign, prefix).length === 0 ? [tensors] : [];
}

/** Weights of the same parts, as a deeper network has them. */
function furtherWeights(
  stored: DiskTensors,
  foreign: readonly (readonly [WeightSpec, string])[],
  prefix: string,
): readonly string[] {
  const own = new Set(foreign.map(([, name]) => name));
  const modules = new Set([...own].map(name => name.split('.')[0]));
  return Object.keys(stored)
    .filter(name => name.startsWith(prefix))
    .map(name => name.slice(prefix.length))
    .filter(name => !own.has(name) && !BEYOND.test(name) && isOfModules(name, modules));
}

/** True for names of the modules of the encoder, and those like `layer5` that continue their numbers. */
function isOfModules(name: string, modules: ReadonlySet<string>): boolean {
  return modules.has(name.split('.')[0]);
}

/** A layer scale is [C] in timm, and [C, 1, 1] in torchvision. */
function shaped(tensor: StoredTensor, { shape }: WeightSpec): StoredTensor {
  const isScale = shape.length === 3 && tensor.shape.length === 1 && shape.slice(1).every(size => size === 1);
  return isScale && tensor.shape[0] === shape[0] ? { ...tensor, shape: [...shape] } : tensor;
}
