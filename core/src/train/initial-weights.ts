import { createHash } from 'node:crypto';
import type { WeightSpec } from '../contracts/weights.js';
import { readUserFile } from '../files/data-file.js';
import { CarlError } from '../errors/carl-error.js';
import { decodeSafetensors, type StoredTensor } from '../tensor/safetensors.js';
import { misfits, type DiskTensors } from '../tensor/weight-layout.js';

/** Weights an encoder starts from instead of fresh ones. */
export interface InitialWeights {
  readonly path: string;
  /** Of the file, as hex. */
  readonly sha256: string;
  /** All weights of the encoder and nothing else, as `encoder.<name>`. */
  readonly tensors: DiskTensors;
  /** Weights of the other modules of a checkpoint, such as `head.<name>`, as they are stored. A training does not start from them. */
  readonly others: DiskTensors;
  /** True for a checkpoint of this framework, by the names; else the names are torchvision's. */
  readonly fromCheckpoint: boolean;
}

/** The module's prefix in checkpoints of this framework. */
const MODULE = 'encoder.';
/** Tensors that are ignored: the classifier of a trained network, and PyTorch's counts of batches. */
const BEYOND = /^(fc|heads?|classifier)\.|(^|\.)num_batches_tracked$/;
/** Largest number of problems that are listed. */
const LISTED = 20;

/**
 * Reads a safetensors file with torchvision's names, or a checkpoint's `weights.safetensors`, for an encoder with the
 * given weights.
 * @throws CarlError INPUT_FILE; INPUT_WEIGHTS naming every missing, extra or misshapen tensor
 */
export async function readInitialWeights(path: string, specs: readonly WeightSpec[]): Promise<InitialWeights> {
  const bytes = await readUserFile(path);
  const stored = decodeSafetensors(bytes, path).tensors;
  const { found, prefix } = encoderPart(stored, specs);
  const problems = misfits(new Map(specs.map(spec => [spec.name, spec])), found);
  if (problems.length > 0) throw prefixError(path, stored, specs) ?? unfit(path, problems);
  const unusable = Object.entries(found).flatMap(([name, tensor]) => problemOf(name, tensor));
  if (unusable.length > 0) throw broken(path, unusable);
  const tensors = Object.fromEntries(Object.entries(found).map(([name, tensor]) => [MODULE + name, tensor]));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const fromCheckpoint = prefix === MODULE;
  const others = Object.entries(stored).filter(([name]) => fromCheckpoint && !name.startsWith(MODULE));
  return { path, sha256, tensors, others: Object.fromEntries(others), fromCheckpoint };
}

/** The tensors meant for the encoder, by the encoder's names. Its own may begin with `encoder.` too, as those of torchvision's ViT do. */
function encoderPart(
  stored: DiskTensors,
  specs: readonly WeightSpec[],
): { readonly found: DiskTensors; readonly prefix: string } {
  const matching = (prefix: string) => specs.filter(({ name }) => Object.hasOwn(stored, prefix + name)).length;
  const prefix = matching(MODULE) > matching('') ? MODULE : '';
  const own = new Set(specs.map(({ name }) => name));
  const entries = Object.entries(stored).flatMap(([stored, tensor]) => {
    if (!stored.startsWith(prefix)) return [];
    const name = stored.slice(prefix.length);
    return own.has(name) || !BEYOND.test(name) ? [[name, tensor] as const] : [];
  });
  return { found: Object.fromEntries(entries), prefix };
}

/** Values that no network can compute with. */
function problemOf(name: string, { dtype, data }: StoredTensor): readonly string[] {
  if (dtype !== 'F32')
    return [`${name} has whole numbers, as quantised weights do, and floating-point numbers are needed`];
  const isVariance = name.endsWith('running_var');
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) return [`${name}: value ${i} of ${data.length} is ${data[i]}`];
    if (isVariance && data[i] < 0) return [`${name}: value ${i} of ${data.length} is ${data[i]}, a negative variance`];
  }
  return [];
}

function broken(path: string, problems: readonly string[]): CarlError {
  return new CarlError(
    'INPUT_WEIGHTS',
    `${path}: these weights contain NaN, infinity, negative variances or whole numbers:\n  ${list(problems)}\n` +
      'The training that produced them has diverged, or the conversion failed. Use an earlier checkpoint, or convert them again.',
  );
}

/** The error for weights that are all there, but under names with a prefix, such as those of a network in several modules. */
function prefixError(path: string, stored: DiskTensors, specs: readonly WeightSpec[]): CarlError | undefined {
  const last = specs.at(-1)?.name ?? '';
  const prefixes = Object.keys(stored).flatMap(name =>
    name.endsWith(`.${last}`) ? [name.slice(0, -last.length)] : [],
  );
  const prefix = prefixes.find(start => specs.every(({ name }) => Object.hasOwn(stored, start + name)));
  if (prefix === undefined || prefix === MODULE) return undefined;
  return new CarlError(
    'INPUT_WEIGHTS',
    `${path}: the names of these weights begin with \`${prefix}\`. Save the tensors of that part alone, without the prefix, in Python: ` +
      `save_file({k.removeprefix(${JSON.stringify(prefix)}): v.contiguous() for k, v in weights.items() if k.startswith(${JSON.stringify(prefix)})}, "encoder.safetensors")`,
  );
}

function list(problems: readonly string[]): string {
  const more = problems.length > LISTED ? `\n  and ${problems.length - LISTED} more` : '';
  return `${problems.slice(0, LISTED).join('\n  ')}${more}`;
}

function unfit(path: string, problems: readonly string[]): CarlError {
  return new CarlError(
    'INPUT_WEIGHTS',
    `${path}: these weights do not fit the encoder of the pipeline:\n  ${list(problems)}\n` +
      `The file must hold all weights of the encoder and no others, under torchvision's names or those of a checkpoint; ` +
      `\`fc.\`, \`heads.\` and \`num_batches_tracked\` are left out. Give the encoder the options the weights were trained ` +
      `with; their number of channels must be that of the views.`,
  );
}
