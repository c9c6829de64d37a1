import { builtinSlots, type Slot, type SlotName } from '../contracts/slots.js';
import type { Component, Plugin } from './define.js';

/** A plugin installed on this machine. */
export interface LoadedPlugin {
  /** Name in the pipeline. */
  readonly name: string;
  readonly version: string;
  /** Folder of the package, or the file. */
  readonly path: string;
  /** Hash of its program files, `sha256-` and base64 as in package lock files; computed at each call. */
  readonly integrity: () => Promise<string>;
  readonly plugin: Plugin;
}

/** The plugins and components that a pipeline can use. */
export interface Catalogue {
  readonly plugins: readonly LoadedPlugin[];
  /** Slots of the framework, then those that plugins define. */
  readonly slots: readonly Slot<unknown>[];
  get(slot: SlotName, use: string): Component | undefined;
  /** Components of a slot by name. */
  list(slot: SlotName): readonly Component[];
  /** The plugin that a component belongs to. */
  owner(component: Component): LoadedPlugin | undefined;
}

/** Two plugins that define the same name in the same slot. */
export interface Clash {
  readonly slot: SlotName;
  readonly use: string;
  readonly plugins: readonly [LoadedPlugin, LoadedPlugin];
}

/** Makes a catalogue of the components of all plugins. Of two components with the same slot and name, the first is used. */
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

/** Makes a catalogue of plugins that a program has imported. */
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

/** Finds every pair of plugins that define the same name in the same slot. */
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
