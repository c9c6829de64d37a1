import { readFile } from 'node:fs/promises';

/** A file that pages use. */
export interface Asset {
  readonly type: string;
  readonly content: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  'dashboard.js': 'text/javascript; charset=utf-8',
  'dashboard.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** The files of this package that pages use, by their addresses. No other file is served. */
export async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const folder = new URL('../../assets/', import.meta.url);
  const assets = Object.entries(TYPES).map(
    async ([name, type]) => [`/${name}`, { type, content: await readFile(new URL(name, folder)) }] as const,
  );
  return new Map(await Promise.all(assets));
}
