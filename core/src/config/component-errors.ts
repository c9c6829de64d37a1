import { createCatalogue, slotNames, type Catalogue } from '../plugin/catalogue.js';
import type { SlotName } from '../plugin/slot.js';
import { closest } from './closest.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { locate, locateKey } from './locate.js';
import { entryAt, plain, type MappingNode } from './node.js';
import { choices, type Fault } from './translate.js';

/** What there is to choose from: the pipeline's own plugins, and those it could list. */
export interface ComponentContext {
  readonly root: MappingNode;
  readonly catalogue: Catalogue;
  /** This project's plugins that are installed, for advice. */
  readonly installed: Catalogue;
}

const none = createCatalogue([]);

/** The diagnostic for a mapping that should be a component and has no `use`. */
export function missingUse(fault: Fault, { root, catalogue }: ComponentContext): Diagnostic {
  const slot = fault.schema['x-slot'] as SlotName;
  const uses = usesOf(slot, catalogue);
  const [key, ...more] = fault.node?.kind === 'mapping' ? [...fault.node.entries.keys()] : [];
  const swapped = more.length === 0 && key !== undefined && uses.includes(key) ? `Write \`use: ${key}\` and its options below it.\n` : '';
  const message = `${fault.name} does not say which ${slot} it is: \`use\` is missing.`;
  return diagnose(locateKey(root, fault.path), { code: 'USE_MISSING', message, remedy: `${swapped}${choices(slot, uses)}`, path: fault.path });
}

/** The diagnostic for a `use` that no listed plugin has. */
export function unknownComponent(fault: Fault, context: ComponentContext): Diagnostic {
  const slot = fault.schema['x-slot'] as SlotName;
  const path = [...fault.path, 'use'];
  const node = entryAt(context.root, path)?.value;
  const place = locate(context.root, path);
  const use = node && plain(node);
  if (typeof use !== 'string') {
    return diagnose(place, { code: 'TYPE_WRONG', message: `\`use\` must be the name of a component.`, remedy: choices(slot, usesOf(slot, context.catalogue)), path });
  }
  const remedy = advice(slot, use, context);
  return diagnose(place, { code: 'COMPONENT_UNKNOWN', message: `There is no ${slot} \`${use}\`.`, remedy, path });
}

function advice(slot: SlotName, use: string, { catalogue, installed }: ComponentContext): string {
  const uses = usesOf(slot, catalogue);
  const missing = pluginOf(slot, use, installed);
  if (missing) return `It is in \`${missing}\`: add that to \`plugins\`.`;
  const elsewhere = slotNames.find(other => catalogue.get(other, use) !== undefined);
  const near = closest(use, uses);
  const hints = [];
  if (near) hints.push(`Did you mean \`${near}\`?`);
  else if (elsewhere) hints.push(`\`${use}\` is a component for ${elsewhere}.`);
  else hints.push(...nearInstalled(slot, use, installed));
  return [...hints, choices(slot, uses)].join('\n');
}

function nearInstalled(slot: SlotName, use: string, installed: Catalogue): readonly string[] {
  const near = closest(use, usesOf(slot, installed));
  const plugin = near === undefined ? undefined : pluginOf(slot, near, installed);
  return plugin === undefined ? [] : [`Did you mean \`${near}\`? It is in \`${plugin}\`: add that to \`plugins\`.`];
}

function pluginOf(slot: SlotName, use: string, installed: Catalogue = none): string | undefined {
  const component = installed.get(slot, use);
  return component && installed.owner(component)?.name;
}

function usesOf(slot: SlotName, catalogue: Catalogue): readonly string[] {
  const uses = catalogue.list(slot).map(component => component.use);
  return slot === 'backend' ? ['auto', ...uses] : uses;
}
