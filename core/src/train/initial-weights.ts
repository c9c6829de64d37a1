import { createHash } from 'node:crypto';
import type { WeightSpec } from '../contracts/weights.js';
import { readUserFile } from '../files/data-file.js';
import { CarlError } from '../errors/carl-error.js';
import { isZip, readPytorch } from '../tensor/pytorch/read-pytorch.js';
import { decodeSafetensors, type Safetensors, type StoredTensor } from '../tensor/safetensors.js';
import { misfits, type DiskTensors } from '../tensor/weight-layout.js';
import { encoderParts, type EncoderPart } from './encoder-parts.js';

/** Weights an encoder starts from instead of fresh ones. */
export interface InitialWeights {
  readonly path: string;
  /** Of the file, as hex. */
  readonly sha256: string;
  /** All weights of the encoder and nothing else, as `encoder.<name>`. */
  readonly tensors: DiskTensors;
  /** Weights of the other modules of a checkpoint, such as `head.<name>`, as they are stored. A training does not start from them. */
  readonly others: DiskTensors;
  /** True for a checkpoint of this framework, by the names; without it and `part`, the names are torchvision's. */
  readonly fromCheckpoint: boolean;
  /** Where the weights are in a file of another program. */
  readonly part?: EncoderPart;
  /** Tensors in the file. */
  readonly stored: number;
  /** Number formats of the weights in the file, such as F16; they are converted to F32. */
  readonly dtypes: readonly string[];
}

/** The module's prefix in checkpoints of this framework. */
const MODULE = 'encoder.';
/** Tensors that are ignored: the classifier of a trained network, and PyTorch's counts of batches. */
const BEYOND = /^(fc|heads?|classifier)\.|(^|\.)num_batches_tracked$/;
/** Largest number of problems that are listed. */
const LISTED = 20;

/**
 * Reads the weights of an encoder: a safetensors file or a PyTorch checkpoint, with the names of torchvision, timm or lightly under any
 * prefix, or a checkpoint's `weights.safetensors`.
 * @param part prefix of the encoder where several in the file fit
 * @throws CarlError INPUT_FILE; INPUT_WEIGHTS naming every missing, extra or misshapen tensor, or the prefixes that fit
 */
export async function readInitialWeights(
  path: string,
  specs: readonly WeightSpec[],
  part?: string,
): Promise<InitialWeights> {
  const bytes = await readUserFile(path);
  const { tensors: stored, dtypes } = await readerOf(bytes, path)(bytes, path);
  const own = encoderPart(stored, specs);
  const fits = misfits(new Map(specs.map(spec => [spec.name, spec])), own.found);
  // Weights of a checkpoint of this framework fit as a whole or not at all.
  const parts = encoderParts(stored, specs).filter(({ prefix }) => prefix !== MODULE);
  const given = fits.length > 0 || part !== undefined ? chosenPart(path, parts, part) : undefined;
  if (!given && fits.length > 0) throw unfit(path, fits, parts);
  const found = given?.tensors ?? own.found;
  const unusable = Object.entries(found).flatMap(([name, tensor]) => problemOf(name, tensor));
  if (unusable.length > 0) throw broken(path, unusable);
  const fromCheckpoint = !given && own.prefix === MODULE;
  const others = Object.entries(stored).filter(([name]) => fromCheckpoint && !name.startsWith(MODULE));
  return {
    ...{ path, sha256: createHash('sha256').update(bytes).digest('hex'), fromCheckpoint },
    tensors: Object.fromEntries(Object.entries(found).map(([name, tensor]) => [MODULE + name, tensor])),
    others: Object.fromEntries(others),
    ...(given && { part: given }),
    stored: Object.keys(stored).length,
    dtypes: dtypesOf(found, stored, dtypes),
  };
}

type StoredTensors = Omit<Safetensors, 'metadata'>;

function readerOf(
  bytes: Uint8Array,
  path: string,
): (bytes: Uint8Array, path: string) => StoredTensors | Promise<StoredTensors> {
  return isZip(bytes) && !/\.(npz|keras|zip)$/i.test(path) ? readPytorch : decodeSafetensors;
}

/** Number formats in which weights lie in their file. */
function dtypesOf(
  found: DiskTensors,
  stored: DiskTensors,
  dtypes: Readonly<Record<string, string>>,
): readonly string[] {
  const values = new Set(Object.values(found).map(({ data }) => data));
  const names = Object.keys(stored).filter(name => values.has(stored[name].data));
  return [...new Set(names.map(name => dtypes[name]))].sort();
}

/** The only encoder that fits, or the one with the given prefix; undefined if none fits. @throws CarlError INPUT_WEIGHTS */
function chosenPart(path: string, parts: readonly EncoderPart[], prefix: string | undefined): EncoderPart | undefined {
  const fitting = parts.filter(({ problems }) => problems.length === 0);
  const chosen = prefix === undefined ? fitting : fitting.filter(one => one.prefix === prefix);
  const names = fitting.map(one => `\`${one.prefix}\``).join(', ');
  if (prefix !== undefined && chosen.length === 0)
    throw new CarlError(
      'INPUT_WEIGHTS',
      `${path}: no weights that fit the encoder begin with \`${prefix}\`. Prefixes that fit: ${names === '' ? 'none' : names}.`,
    );
  if (chosen.length > 1)
    throw new CarlError(
      'INPUT_WEIGHTS',
      `${path} has several networks that fit the encoder, by the prefixes ${names}. Write one of them to a file of its own: ` +
        `carl import FILE --part ${fitting[0].prefix} --encoder ENCODER --out encoder.safetensors`,
    );
  return chosen[0];
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

function list(problems: readonly string[]): string {
  const more = problems.length > LISTED ? `\n  and ${problems.length - LISTED} more` : '';
  return `${problems.slice(0, LISTED).join('\n  ')}${more}`;
}

/** Lists the problems of the weights without a prefix, or those of the place in the file that fits best. */
function unfit(path: string, own: readonly string[], parts: readonly EncoderPart[]): CarlError {
  const nearest = parts.toSorted((a, b) => a.problems.length - b.problems.length).at(0);
  const isNearer = nearest !== undefined && nearest.problems.length < own.length;
  const { problems, place } = isNearer
    ? { problems: nearest.problems, place: `${placeOf(nearest)} fit best, but ` }
    : { problems: own, place: '' };
  return new CarlError(
    'INPUT_WEIGHTS',
    `${path}: ${place}these weights do not fit the encoder:\n  ${list(problems)}\n` +
      `The file must hold all weights of the encoder, under the names of torchvision, timm or lightly, or those of a checkpoint; ` +
      `\`fc.\`, \`heads.\` and \`num_batches_tracked\` are left out. Give the encoder the options the weights were trained ` +
      `with; their number of channels must be that of the images.`,
  );
}

function placeOf({ naming, prefix }: EncoderPart): string {
  return `the names of ${naming}${prefix === '' ? ', without a prefix,' : ` under the prefix \`${prefix}\``}`;
}
