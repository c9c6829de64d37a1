import { mapSchema, plainSchema, type JsonSchema } from './json-schema.js';
import type { Component, Plugin } from './define.js';
import { cardFault } from './method-card.js';
import { pluginFault, PluginError } from './plugin-error.js';
import { builtinSlots, type Slot } from '../contracts/slots.js';

/** Checks that a module's export is a plugin and that its components keep the contract. @throws PluginError with all violations */
export function checkPlugin(name: string, exported: unknown): asserts exported is Plugin {
  if (!isPlugin(exported)) {
    const remedy = 'Its module must `export default definePlugin({ name, components })`.';
    throw new PluginError('PLUGIN_NOT_A_PLUGIN', `\`${name}\` does not export a plugin.`, remedy);
  }
  const known = new Set([...builtinSlots, ...(exported.slots ?? [])].map(slot => slot.name));
  const faults = exported.components.flatMap((component, index) => componentFaults(component, index, known));
  faults.push(...slotFaults(exported.slots ?? []), ...repeated(exported.components), ...installerFaults(exported));
  if (faults.length === 0) return;
  throw new PluginError(
    'PLUGIN_BROKEN',
    `\`${name}\` breaks the plugin contract: ${faults.join('; ')}.`,
    pluginFault(name),
  );
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false;
  const { name, components } = value as Partial<Plugin>;
  return typeof name === 'string' && Array.isArray(components);
}

function componentFaults(
  component: Partial<Component> | null,
  index: number,
  known: ReadonlySet<string>,
): readonly string[] {
  const { use, slot, description, options, create, card } = component ?? {};
  if (typeof use !== 'string' || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(use))
    return [`component ${index} has no kebab-case \`use\``];
  if (!slot || !known.has(slot.name)) return [`\`${use}\` is for no known slot`];
  const label = `${slot.name} \`${use}\``;
  const faults = options ? optionFaults(plainSchema(options), known) : ['has no options schema'];
  if (typeof description !== 'string') faults.push('has no description');
  if (slot.name === 'backend' && use === 'auto')
    faults.push('uses a name that is reserved for the best backend available');
  if (typeof create !== 'function') faults.push('has no `create`');
  if (card !== undefined) faults.push(...cardFaults(card, slot));
  return faults.map(fault => `${label} ${fault}`);
}

function cardFaults(card: unknown, { name }: Slot<unknown>): readonly string[] {
  if (name !== 'objective') return ['has a card, which is for objectives only'];
  const fault = cardFault(card);
  return fault === undefined ? [] : [fault];
}

function optionFaults(schema: JsonSchema, known: ReadonlySet<string>): string[] {
  if (schema.type !== 'object') return ['has options that are not an object schema'];
  const faults = [];
  if (schema.additionalProperties !== false)
    faults.push('has options that are not closed (additionalProperties: false)');
  const properties = Object.entries(schema.properties ?? {});
  if (properties.some(([key]) => key === 'use')) faults.push('has an option called `use`');
  return [...faults, ...unknownSlots(schema, known)];
}

/** Finds options without a description. The contract kit reports them; loading a plugin does not. */
export function undescribedOptions({ options }: Component): readonly string[] {
  const found: string[] = [];
  const visit = (schema: JsonSchema, path: string) => {
    for (const [key, option] of Object.entries(schema.properties ?? {})) {
      if (!option.description) found.push(`${path}${key}`);
      for (const inner of [option, ...(option.anyOf ?? [])]) visit(inner, `${path}${key}.`);
    }
  };
  visit(plainSchema(options), '');
  return found;
}

/** Checks the slots that a plugin defines. Each needs a name and a token, and may not use a name or key of the framework. */
function slotFaults(own: readonly Partial<Slot<unknown>>[]): readonly string[] {
  const keys = builtinSlots.flatMap(slot => (slot.keys ?? []).map(({ key }) => key));
  return own.flatMap(({ name = '', token, description, keys: ownKeys = [] }) => [
    ...(name === '' || !token || !description ? [`slot \`${name}\` needs a name, a token and a description`] : []),
    ...(builtinSlots.some(slot => slot.name === name)
      ? [`slot \`${name}\` has the name of a slot of the framework`]
      : []),
    ...ownKeys.filter(({ key }) => keys.includes(key)).map(({ key }) => `slot \`${name}\` takes the key \`${key}\``),
  ]);
}

function unknownSlots(schema: JsonSchema, known: ReadonlySet<string>): readonly string[] {
  const faults: string[] = [];
  mapSchema(schema, one => {
    const slot = one['x-slot'];
    if (slot !== undefined && !known.has(slot)) faults.push(`nests components of the unknown slot \`${slot}\``);
    return one;
  });
  return faults;
}

function installerFaults({ components, installers = {} }: Plugin): readonly string[] {
  const backends = components.filter(component => component?.slot?.name === 'backend').map(({ use }) => use as string);
  return Object.entries(installers).flatMap(([name, installer]) => {
    const faults = backends.includes(name) ? [] : [`has an installer \`${name}\` but no such backend`];
    const missing = (['install', 'remove', 'status'] as const).filter(key => typeof installer?.[key] !== 'function');
    return [...faults, ...missing.map(key => `has an installer \`${name}\` without \`${key}\``)];
  });
}

function repeated(components: Plugin['components']): readonly string[] {
  const names = components.map(component => `${component?.slot?.name} \`${component?.use}\``);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(name => `has ${name} twice`);
}
