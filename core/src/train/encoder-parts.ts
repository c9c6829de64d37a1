import type { WeightSpec } from '../contracts/weights.js';
import type { StoredTensor } from '../tensor/safetensors.js';
import { misfits, type DiskTensors } from '../tensor/weight-layout.js';
import { NAMINGS } from './namings.js';

/** An encoder in a file of another program, or the beginning of one that does not fit. */
export interface EncoderPart {
  /** Beginning of the names in the file: `teacher.backbone.`; empty for weights alone. */
  readonly prefix: string;
  /** The program whose names the weights have. */
  readonly naming: string;
  /** The weights under the names of the encoder. */
  readonly tensors: DiskTensors;
  /** Missing, misshapen and further weights, by their names in the file; empty if the encoder fits. */
  readonly problems: readonly string[];
}

/** Weights beside those of an encoder: classifiers, projectors under the same prefix, and PyTorch's counts of batches. */
const BEYOND = /^(fc|heads?|fc_norm|classifier|predictor|projector)\.|(^|\.)num_batches_tracked$/;

/** The places of a file where weights begin like those of an encoder, each prefix once, under the naming that fits best. */
export function encoderParts(stored: DiskTensors, specs: readonly WeightSpec[]): readonly EncoderPart[] {
  const parts = NAMINGS.flatMap(({ name: naming, rename, difference }) => {
    const foreign = specs.map(spec => [spec, rename(spec.name)] as const);
    const first = foreign[0][1];
    return Object.keys(stored)
      .filter(name => name === first || name.endsWith(`.${first}`))
      .map(name => partOf(stored, foreign, name.slice(0, -first.length)))
      .map(part => ({
        ...part,
        naming,
        problems: [...part.problems, ...(difference === undefined ? [] : [difference])],
      }));
  });
  const best = parts.toSorted((a, b) => a.problems.length - b.problems.length);
  return parts.filter(part => best.find(({ prefix }) => prefix === part.prefix) === part);
}

type Foreign = readonly (readonly [spec: WeightSpec, name: string])[];

function partOf(stored: DiskTensors, foreign: Foreign, prefix: string): Omit<EncoderPart, 'naming'> {
  const found = foreign.filter(([, name]) => Object.hasOwn(stored, prefix + name));
  const named = found.map(([spec, name]) => [spec, name, shaped(stored[prefix + name], spec)] as const);
  const own = Object.fromEntries(named.map(([, name, tensor]) => [prefix + name, tensor]));
  const further = furtherWeights(stored, foreign, prefix).map(
    name => `${prefix}${name} is not a weight of this network`,
  );
  return {
    prefix,
    tensors: Object.fromEntries(named.map(([spec, , tensor]) => [spec.name, tensor])),
    problems: [...misfits(new Map(foreign.map(([spec, name]) => [prefix + name, spec])), own), ...further],
  };
}

/** Weights of the same parts, as a deeper network has them. */
function furtherWeights(stored: DiskTensors, foreign: Foreign, prefix: string): readonly string[] {
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
