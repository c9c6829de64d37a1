import {
  type Diagnostic,
  type LoadedPipeline,
  type LoadOptions,
  loadPipeline,
  PipelineError,
} from '@carl-ssl/core/host';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mkdirSync } from 'node:fs';

export const samples = fileURLToPath(new URL('../samples', import.meta.url));
export const plugin = join(samples, 'plugins', 'basics.mjs');

/** A valid pipeline of the sample plugin, from any folder. */
export const minimal = `name: minimal
plugins: [${plugin}]
data: { use: pictures, folder: images }
augmenter: crops
encoder: small-net
objective: pairs
optimizer: { use: descent, learningRate: 0.1 }
schedule: flat
trainer: { epochs: 1 }
`;

/** A folder of files that is removed after `use`. */
export async function withFiles<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'carl-config-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Loads a text as the file `p.yaml`. */
export function load(text: string | Uint8Array, options: LoadOptions = {}): Promise<LoadedPipeline> {
  return withFiles({ 'p.yaml': text }, cwd => loadPipeline('p.yaml', { cwd, ...options }));
}

/** What is wrong with a text. @throws what is not a PipelineError */
export async function problems(text: string | Uint8Array, options: LoadOptions = {}): Promise<readonly Diagnostic[]> {
  try {
    await load(text, options);
    return [];
  } catch (error) {
    if (error instanceof PipelineError) return error.diagnostics;
    throw error;
  }
}

/** Codes of what is wrong, in order. */
export async function codes(text: string | Uint8Array, options: LoadOptions = {}): Promise<readonly string[]> {
  return (await problems(text, options)).map(({ code }) => code);
}
