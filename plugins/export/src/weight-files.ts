import {
  CarlError,
  decodeSafetensors,
  encodeSafetensors,
  Type,
  type ExportedWeights,
  type Static,
} from '@carl-ssl/core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { half, Precision } from './precision.js';
import { torchFile } from './torch-file.js';

/** Options of the formats that contain weights only. */
export const weightOptions = Type.Object(
  {
    pth: Type.Boolean({
      default: false,
      description:
        "Also write the weights in PyTorch's own format (.pth). safetensors files hold no code and load faster.",
    }),
    precision: Precision,
  },
  { additionalProperties: false },
);

export type WeightOptions = Readonly<Static<typeof weightOptions>>;

export const WEIGHTS = 'model.safetensors';

/** A weight as it is written: 16-bit floats as their bits. */
export type WrittenWeight =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'F16'; readonly shape: readonly number[]; readonly data: Uint16Array };

/** The files of weights under the names of a library. @throws CarlError INPUT_ARGUMENT for a weight that is too large */
export async function weightFiles(
  weights: ExportedWeights,
  { pth, precision }: WeightOptions,
): Promise<Record<string, Uint8Array>> {
  const written = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]): [string, WrittenWeight] => [
      name,
      precision === 'float16' ? { dtype: 'F16', shape, data: half(name, data) } : { dtype: 'F32', shape, data },
    ]),
  );
  return {
    [WEIGHTS]: encodeSafetensors(written, { format: 'pt' }),
    ...(pth && { 'model.pth': await torchFile(written) }),
  };
}

/** Reads the weights of a folder again. @throws CarlError INPUT_FILE */
export async function readWeights(folder: string): Promise<ExportedWeights> {
  const path = join(folder, WEIGHTS);
  const { tensors } = decodeSafetensors(await readFile(path), path);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      if (data instanceof Float32Array) return [name, { shape, data }];
      throw new CarlError('INPUT_FILE', `${path}: ${name} has whole numbers.`);
    }),
  );
}
