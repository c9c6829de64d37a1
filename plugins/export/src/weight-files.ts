import { CarlError, decodeSafetensors, encodeSafetensors, type ExportedWeights } from '@carl-ssl/core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import { torchFile } from './torch-file.js';

/** Options of the formats that contain weights only. */
export const weightOptions = Type.Object(
  {
    pth: Type.Boolean({
      default: false,
      description:
        "Also write the weights in PyTorch's own format (.pth). safetensors files hold no code and load faster.",
    }),
  },
  { additionalProperties: false },
);

export const WEIGHTS = 'model.safetensors';

/** The files of weights under the names of a library. */
export async function weightFiles(weights: ExportedWeights, pth: boolean): Promise<Record<string, Uint8Array>> {
  const stored = Object.entries(weights).map(([name, { shape, data }]) => [
    name,
    { dtype: 'F32' as const, shape, data },
  ]);
  return {
    [WEIGHTS]: encodeSafetensors(Object.fromEntries(stored) as Parameters<typeof encodeSafetensors>[0], {
      format: 'pt',
    }),
    ...(pth && { 'model.pth': await torchFile(weights) }),
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
