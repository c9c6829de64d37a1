import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { PluginError } from '../plugin/plugin-error.js';
import type { PluginLocation } from './find.js';
import { integrityOf } from './integrity.js';
import { isFirstParty } from './own-packages.js';

/** A plugin from outside this project that a pipeline lists. */
export interface OutsidePlugin {
  /** As the pipeline names it. */
  readonly name: string;
  readonly version: string;
  /** Real path of its folder or file. */
  readonly path: string;
  /** Hash of its program files if it is an installed package; undefined for a folder or file that people work on. */
  readonly integrity?: string;
  /** File of the pipeline, or run, that lists it. */
  readonly listedIn: string;
}

/** Decides whether the code of a plugin may run. */
export type TrustCheck = (plugin: OutsidePlugin) => Promise<boolean>;

let trusts: TrustCheck | undefined;

/** Asks before the code of a plugin that a pipeline lists is loaded; by default, and in programs, all may run. */
export function checkTrust(check: TrustCheck | undefined): void {
  trusts = check;
}

/** True if the code of a plugin that a pipeline lists may run. */
export async function isTrusted(listed: Listed): Promise<boolean> {
  return trusts === undefined || (await isFirstParty(listed.packageName, listed.path)) || trusts(await outside(listed));
}

/** @throws PluginError PLUGIN_UNTRUSTED */
export async function requireTrust(listed: Listed): Promise<void> {
  if (await isTrusted(listed)) return;
  throw new PluginError(
    'PLUGIN_UNTRUSTED',
    `\`${listed.name}\` is a program from outside this project, and it is not trusted on this machine: ${await realpath(listed.path)}.`,
    'If you trust its author, run the command again with --trust.',
  );
}

/** A located plugin with the name and the file by which it is listed. */
type Listed = PluginLocation & Pick<OutsidePlugin, 'name' | 'listedIn'>;

/** The plugin as trust is recorded for it. */
export async function outside({ name, version, listedIn, ...located }: Listed): Promise<OutsidePlugin> {
  const path = await realpath(located.path);
  const isInstalled = path.split(sep).includes('node_modules');
  const integrity = isInstalled ? await integrityOf(located.entry, located.path === located.entry) : undefined;
  return { name, version, path, listedIn, ...(integrity !== undefined && { integrity }) };
}
