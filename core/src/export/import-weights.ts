import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { NestedOptions } from '../contracts/components.js';
import { slots } from '../contracts/slots.js';
import { CarlError } from '../errors/carl-error.js';
import { makeFolders, writeAtomic } from '../files/atomic.js';
import { encodeSafetensors } from '../tensor/safetensors.js';
import { readInitialWeights, type InitialWeights } from '../train/initial-weights.js';
import { componentOf } from './small-catalogue.js';

/** A checkpoint of another program and the encoder in it. */
export interface ImportChoice {
  readonly file: string;
  /** `use` and options of the encoder. */
  readonly encoder: NestedOptions;
  /** Pixels of a side of the images, which vision transformers depend on. */
  readonly crop: number;
  /** Prefix of the encoder where several in the file fit. */
  readonly part?: string;
  readonly out: string;
  /** Replaces a file that exists. */
  readonly overwrite?: boolean;
}

/** Result of an import. */
export interface Imported {
  readonly prefix: string;
  readonly naming: string;
  /** Number of tensors that were written, and of those in the checkpoint. */
  readonly weights: number;
  readonly stored: number;
  /** Number formats in the checkpoint, such as F16; the written weights are F32. */
  readonly dtypes: readonly string[];
}

/** Channels of images that encoders take. */
const CHANNELS = [3, 1];

/**
 * Writes the encoder of a checkpoint to a safetensors file with torchvision's names, for `--weights` and `initialWeights`.
 * @throws CarlError INPUT_ARGUMENT, INPUT_FILE, INPUT_WEIGHTS, DISK
 */
export async function importWeights(choice: ImportChoice): Promise<Imported> {
  const { file, encoder, out, overwrite } = choice;
  if (!out.endsWith('.safetensors'))
    throw new CarlError('INPUT_ARGUMENT', `--out ${out}: the name of the file must end in .safetensors.`);
  if (existsSync(out) && !overwrite)
    throw new CarlError('INPUT_ARGUMENT', `--out ${out}: this file exists. Name another one, or add --overwrite.`);
  await makeFolders(dirname(resolve(out)));
  const weights = await readFor(choice);
  const { prefix, naming } = weights.part ?? {
    prefix: weights.fromCheckpoint ? 'encoder.' : '',
    naming: 'torchvision',
  };
  const tensors = Object.entries(weights.tensors).map(
    ([name, tensor]) => [name.slice('encoder.'.length), tensor] as const,
  );
  const { sha256, dtypes, stored } = weights;
  const metadata = { source: file, sha256, prefix, naming, dtypes: dtypes.join(' '), encoder: JSON.stringify(encoder) };
  await writeAtomic(out, encodeSafetensors(Object.fromEntries(tensors), metadata));
  return { prefix, naming, weights: tensors.length, stored, dtypes };
}

/** Reads the weights for images with as many channels as they fit. */
async function readFor({ file, encoder, crop, part }: ImportChoice): Promise<InitialWeights> {
  const component = await componentOf(slots.encoder, encoder, { flag: '--encoder' });
  let first: unknown;
  for (const channels of CHANNELS) {
    try {
      return await readInitialWeights(file, component.weights([crop, crop, channels]), part);
    } catch (error) {
      if (!CarlError.is(error) || error.code !== 'INPUT_WEIGHTS') throw error;
      first ??= error;
    }
  }
  throw first;
}
