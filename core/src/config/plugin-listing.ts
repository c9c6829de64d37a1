import { fileURLToPath } from 'node:url';
import { readPluginNames } from './listed-plugins.js';
import type { LoadedPlugin } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import { FIRST_PARTY } from '../catalogue/first-party.js';
import { findPlugin } from '../catalogue/find.js';
import { builtinPlugin, loadLocated, loadUsed } from '../catalogue/load.js';
import { isTrusted, outside } from '../catalogue/trust.js';
import type { MethodCard } from '../plugin/method-card.js';
import { PluginError } from '../plugin/plugin-error.js';

/** A plugin and its components, or the reason why it cannot be loaded. Plain data. */
export interface PluginListing {
  readonly name: string;
  readonly version?: string;
  readonly path?: string;
  readonly integrity?: string;
  readonly problem?: string;
  /** True for a plugin from outside this project whose code this machine does not trust yet, and that is not loaded. */
  readonly untrusted?: true;
  /** `use` names by slot. */
  readonly components: Readonly<Record<string, readonly string[]>>;
  /** Methods of its objectives in short. */
  readonly methods?: readonly MethodCard[];
}

/**
 * The plugins that a pipeline would load: those that it lists and those of this project that it uses; without a file, those
 * that come with the framework. Code that is not trusted yet is not run.
 * @throws PipelineError if the file cannot be read
 */
export async function listPlugins(file?: string): Promise<readonly PluginListing[]> {
  const listings = [await listingOf(builtinPlugin())];
  if (file === undefined) {
    const here = fileURLToPath(new URL('.', import.meta.url));
    for (const name of FIRST_PARTY) listings.push(await tryListing({ name, folder: here, listedIn: '' }));
    return listings;
  }
  const { names, uses } = await readPluginNames(file);
  for (const one of names) listings.push(await tryListing(one));
  const listed = new Set(names.map(({ name }) => name));
  for (const used of await loadUsed(uses, [])) if (!listed.has(used.name)) listings.push(await listingOf(used));
  return listings;
}

interface ListedName {
  readonly name: string;
  readonly folder: string;
  /** File that lists it. */
  readonly listedIn: string;
}

async function tryListing({ name, folder, listedIn }: ListedName): Promise<PluginListing> {
  try {
    const location = await findPlugin(name, folder);
    if (await isTrusted({ ...location, name, listedIn })) return await listingOf(await loadLocated(name, location));
    const { version, path, integrity } = await outside({ ...location, name, listedIn });
    return { name, version, path, ...(integrity !== undefined && { integrity }), untrusted: true, components: {} };
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    return { name, problem: error.message, components: {} };
  }
}

async function listingOf({ name, version, path, integrity, plugin }: LoadedPlugin): Promise<PluginListing> {
  const components: Record<string, string[]> = {};
  for (const { slot, use } of plugin.components as readonly Component[]) (components[slot.name] ??= []).push(use);
  const methods = (plugin.components as readonly Component[]).flatMap(({ card }) => card ?? []);
  return { name, version, path, integrity: await integrity(), components, ...(methods.length > 0 && { methods }) };
}
