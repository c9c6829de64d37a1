import { fileURLToPath } from 'node:url';
import { readPluginNames } from './listed-plugins.js';
import type { LoadedPlugin } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import { FIRST_PARTY } from '../catalogue/first-party.js';
import { builtinPlugin, loadPlugin } from '../catalogue/load.js';
import type { MethodCard } from '../plugin/method-card.js';
import { PluginError } from '../plugin/plugin-error.js';

/** A plugin and its components, or the reason why it cannot be loaded. Plain data. */
export interface PluginListing {
  readonly name: string;
  readonly version?: string;
  readonly path?: string;
  readonly integrity?: string;
  readonly problem?: string;
  /** `use` names by slot. */
  readonly components: Readonly<Record<string, readonly string[]>>;
  /** Methods of its objectives in short. */
  readonly methods?: readonly MethodCard[];
}

/** The plugins that a pipeline lists, or those that come with the framework. @throws PipelineError if the file cannot be read */
export async function listPlugins(file?: string): Promise<readonly PluginListing[]> {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const names = file === undefined ? FIRST_PARTY.map(name => ({ name, folder: here })) : await readPluginNames(file);
  const listings = [await listingOf(builtinPlugin())];
  for (const { name, folder } of names) listings.push(await tryListing(name, folder));
  return listings;
}

async function tryListing(name: string, folder: string): Promise<PluginListing> {
  try {
    return await listingOf(await loadPlugin(name, folder));
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
