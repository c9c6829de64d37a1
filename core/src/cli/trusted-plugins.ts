import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { OutsidePlugin } from '../catalogue/trust.js';
import { writeAtomic } from '../files/atomic.js';
import { readText } from '../files/regular-file.js';

/** A plugin whose code may run on this machine. */
type Trusted = Pick<OutsidePlugin, 'name' | 'version' | 'path' | 'integrity'>;

/** Bytes that the file may have. */
const LIMIT = 2 ** 22;

/** File of the trusted plugins of the user: in $CARL_CONFIG, else in `carl-ssl` in $XDG_CONFIG_HOME or ~/.config. */
function trustFile(environment: NodeJS.ProcessEnv = process.env): string {
  const folder = environment.CARL_CONFIG
    ? resolve(environment.CARL_CONFIG)
    : join(environment.XDG_CONFIG_HOME || join(homedir(), '.config'), 'carl-ssl');
  return join(folder, 'trusted-plugins.json');
}

/** True if the plugin was trusted: this path, and for an installed package this version with these program files. */
export async function isRecorded(plugin: OutsidePlugin, file = trustFile()): Promise<boolean> {
  return (await read(file)).some(one => isSame(one, plugin));
}

/** Records a plugin as trusted, in place of an earlier version at the same path. @throws CarlError DISK */
export async function record({ name, version, path, integrity }: OutsidePlugin, file = trustFile()): Promise<void> {
  const others = (await read(file)).filter(one => one.path !== path);
  const plugins = [...others, { name, version, path, ...(integrity !== undefined && { integrity }) }];
  await mkdir(dirname(file), { recursive: true }).catch(() => undefined);
  await writeAtomic(file, `${JSON.stringify({ format: 1, plugins }, undefined, 2)}\n`);
}

function isSame(one: Trusted, { version, path, integrity }: Trusted): boolean {
  if (one.path !== path || one.integrity !== integrity) return false;
  return integrity === undefined || one.version === version;
}

/** Plugins recorded in the file; none if it is missing or damaged, so that the user is asked again. */
async function read(file: string): Promise<readonly Trusted[]> {
  try {
    const { plugins } = JSON.parse(await readText(file, LIMIT)) as { plugins?: unknown };
    return Array.isArray(plugins) ? (plugins as unknown[]).filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Trusted {
  return typeof value === 'object' && value !== null && typeof (value as { path?: unknown }).path === 'string';
}
