import { builtinSlots, type Slot, type SlotName } from '../contracts/slots.js';
import type { Component, Plugin } from './define.js';

/** A plugin as it was found on this machine. */
export interface LoadedPlugin {
  /** As the pipeline names it. */
  readonly name: string;
  readonly version: string;
  /** Folder of the package, or the file. */
  readonly path: string;
  /** `sha256-…` of its program files, in base64 as package managers write it; computed when it is asked for. */
  readonly integrity: () => Promise<string>;
  readonly plugin: Plugin;
}

/** The components a pipeline can use. */
export interface Catalogue {
  readonly plugins: readonly LoadedPlugin[];
  /** Slots of the framework, then those that plugins define. */
  readonly slots: readonly Slot<unknown>[];
  get(slot: SlotName, use: string): Component | undefined;
  /** Components of a slot by name. */
  list(slot: SlotName): readonly Component[];
  /** The plugin a component is from. */
  owner(component: Component): LoadedPlugin | undefined;
}

/** Two plugins with one name for one slot. */
export interface Clash {
  readonly slot: SlotName;
  readonly use: string;
  readonly plugins: readonly [LoadedPlugin, LoadedPlugin];
}

/** Components of all plugins, by slot and name; of two with one name the first counts. */
export function createCatalogue(plugins: readonly LoadedPlugin[]): Catalogue {
  const bySlot = new Map<SlotName, Map<string, Component>>();
  const owners = new Map<Component, LoadedPlugin>();
  for (const loaded of plugins) {
    for (const component of loaded.plugin.components as readonly Component[]) {
      const named = bySlot.get(component.slot.name) ?? new Map<string, Component>();
      if (!named.has(component.use)) named.set(component.use, component);
      bySlot.set(component.slot.name, named);
      owners.set(component, loaded);
    }
  }
  const list = (slot: SlotName) => [...(bySlot.get(slot)?.values() ?? [])].sort((a, b) => a.use.localeCompare(b.use));
  return Object.freeze({
    plugins,
    slots: slotsOf(plugins),
    get: (slot: SlotName, use: string) => bySlot.get(slot)?.get(use),
    list,
    owner: (component: Component) => owners.get(component),
  });
}

/** The same of plugins that were imported, not found on this machine. */
export function catalogueOf(plugins: readonly Plugin[]): Catalogue {
  return createCatalogue(
    plugins.map(plugin => ({
      name: plugin.name,
      version: '0',
      path: '',
      integrity: () => Promise.resolve(''),
      plugin,
    })),
  );
}

/** Every pair of plugins that take one name for one slot. */
export function findClashes(plugins: readonly LoadedPlugin[]): readonly Clash[] {
  const taken = new Map<string, LoadedPlugin>();
  const clashes: Clash[] = [];
  for (const loaded of plugins) {
    for (const { slot, use } of loaded.plugin.components as readonly Component[]) {
      const key = `${slot.name} ${use}`;
      const first = taken.get(key);
      if (first && first.plugin !== loaded.plugin) clashes.push({ slot: slot.name, use, plugins: [first, loaded] });
      else taken.set(key, loaded);
    }
  }
  return clashes;
}

/** Slots of the framework and of the plugins, each name once. */
function slotsOf(plugins: readonly LoadedPlugin[]): readonly Slot<unknown>[] {
  const all = [...builtinSlots, ...plugins.flatMap(({ plugin }) => plugin.slots ?? [])];
  return all.filter((slot, i) => all.findIndex(({ name }) => name === slot.name) === i);
}
