import { cp, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { plainSchema, type JsonSchema } from '../plugin/json-schema.js';
import type { Subject } from './rule.js';
import { isJsonObject } from '../files/json-object.js';

type Options = Readonly<Record<string, unknown>>;

/** Paths among the options of a component, at any depth. */
export function pathsOf({ component, options }: Subject<unknown>): readonly string[] {
  const found: string[] = [];
  mapPaths(plainSchema(component.options), options, path => {
    found.push(path);
    return path;
  });
  return found;
}

/** The options of a component with one path replaced. */
export function withPath({ component, options }: Subject<unknown>, path: string, replacement: string): Options {
  return mapPaths(plainSchema(component.options), options, one => (one === path ? replacement : one)) as Options;
}

function mapPaths(schema: JsonSchema, value: unknown, change: (path: string) => string): unknown {
  if (schema['x-path'] && typeof value === 'string') return change(value);
  const { items, properties = {} } = schema;
  if (Array.isArray(value) && items && !Array.isArray(items))
    return value.map(entry => mapPaths(items as JsonSchema, entry, change));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, mapPaths(properties[key] ?? {}, inner, change)]);
  return Object.fromEntries(entries) as unknown;
}

/** Runs work on a copy of a file or folder that may be changed. */
export async function onCopy<T>(path: string, work: (copy: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'carl-kit-'));
  try {
    const copy = join(folder, basename(path));
    await cp(path, copy, { recursive: true });
    return await work(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** White space and padding, which may be no content. */
const BLANK: ReadonlySet<number> = new Set([0, 9, 10, 13, 32]);

/** Changes the last byte of the content of a file, or of every file of a folder, and its modification time. */
export async function damage(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) {
    for (const name of await readdir(path)) await damage(join(path, name));
    return;
  }
  const content = await readFile(path);
  content[
    Math.max(
      0,
      content.findLastIndex(byte => !BLANK.has(byte)),
    )
  ] ^= 1;
  await writeFile(path, content);
  const later = new Date(Date.now() + 60_000);
  await utimes(path, later, later);
}
