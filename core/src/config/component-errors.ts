import { slotNames, type Catalogue } from '../plugin/catalogue.js';
import type { SlotName } from '../contracts/slots.js';
import { closest } from '../text/closest.js';
import { describeNode } from './describe.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { locate, locateKey } from './locate.js';
import { entryAt, plain, type MappingNode } from './node.js';
import { renamedComponent } from './renamed.js';
import { choices, type Fault } from './translate.js';

/** What there is to choose from: the pipeline's own plugins, and those it could list. */
export interface ComponentContext {
  readonly root: MappingNode;
  readonly catalogue: Catalogue;
  /** This project's plugins that are installed, for advice. */
  readonly installed: Catalogue;
}

/** The diagnostic for a mapping that should be a component and has no `use`. */
export function missingUse(fault: Fault, { root, catalogue }: ComponentContext): Diagnostic {
  const slot = fault.schema['x-slot'] as SlotName;
  const uses = usesOf(slot, catalogue);
  const [key, ...more] = fault.node?.kind === 'mapping' ? [...fault.node.entries.keys()] : [];
  const swapped =
    more.length === 0 && key !== undefined && uses.includes(key)
      ? `Write \`use: ${key}\` and its options below it.\n`
      : '';
  const message = `${fault.name} does not say which ${slot} it is: \`use\` is missing.`;
  return diagnose(locateKey(root, fault.path), {
    code: 'USE_MISSING',
    message,
    remedy: `${swapped}${choices(slot, uses)}`,
    path: fault.path,
  });
}

/** The diagnostic for a `use` that no listed plugin has. */
export function unknownComponent(fault: Fault, context: ComponentContext): Diagnostic {
  const slot = fault.schema['x-slot'] as SlotName;
  const path = [...fault.path, 'use'];
  const written = entryAt(context.root, path)?.value;
  const place = written ? locate(context.root, path) : locateKey(context.root, ['plugins']);
  const use = written ? plain(written) : defaultUse(fault.error.data);
  if (typeof use !== 'string') {
    const remedy = choices(slot, usesOf(slot, context.catalogue));
    return diagnose(place, { code: 'TYPE_WRONG', message: '`use` must be the name of a component.', remedy, path });
  }
  const message = written
    ? `There is no ${slot} \`${use}\`.`
    : `${fault.name} is not given, and its default \`${use}\` is in no listed plugin.`;
  return diagnose(place, { code: 'COMPONENT_UNKNOWN', message, remedy: advice(slot, use, context), path });
}

/** The error may be about the component or about its `use`. */
function defaultUse(data: unknown): unknown {
  return typeof data === 'string' ? data : (data as { use?: unknown }).use;
}

/** The diagnostic for something else where a component is wanted. */
export function notComponent(fault: Fault, { catalogue }: ComponentContext): Diagnostic {
  const slot = fault.schema['x-slot'] as SlotName;
  const isNull = fault.node?.kind === 'scalar' && fault.node.value === null;
  const is =
    fault.node && !isNull
      ? `must be a component (${slot}), not ${describeNode(fault.node)}.`
      : `has no value; it must be a component (${slot}).`;
  const message = `${fault.name} ${is}`;
  const remedy = `Write \`use: NAME\` and its options below it.\n${choices(slot, usesOf(slot, catalogue))}`;
  return diagnose(fault.place, { code: isNull ? 'VALUE_NULL' : 'TYPE_WRONG', message, remedy, path: fault.path });
}

function advice(slot: SlotName, use: string, { catalogue, installed }: ComponentContext): string {
  const renamed = renamedComponent(slot, use, [catalogue, installed]);
  if (renamed !== undefined) return renamed;
  const uses = usesOf(slot, catalogue);
  const missing = pluginOf(slot, use, installed);
  if (missing) return `It is in \`${missing}\`: add that to \`plugins\`.`;
  const elsewhere = slotNames.find(other => catalogue.get(other, use) !== undefined);
  const near = closest(use, uses);
  const hints = [];
  if (near) hints.push(`Did you mean \`${near}\`?`);
  else if (elsewhere) hints.push(`\`${use}\` is a component for ${elsewhere}.`);
  else hints.push(...nearInstalled(slot, use, installed));
  return (hints.length > 0 && uses.length === 0 ? hints : [...hints, choices(slot, uses)]).join('\n');
}

function nearInstalled(slot: SlotName, use: string, installed: Catalogue): readonly string[] {
  const near = closest(use, usesOf(slot, installed));
  const plugin = near === undefined ? undefined : pluginOf(slot, near, installed);
  return plugin === undefined ? [] : [`Did you mean \`${near}\`? It is in \`${plugin}\`: add that to \`plugins\`.`];
}

function pluginOf(slot: SlotName, use: string, installed: Catalogue): string | undefined {
  const component = installed.get(slot, use);
  return component && installed.owner(component)?.name;
}

function usesOf(slot: SlotName, catalogue: Catalogue): readonly string[] {
  const uses = catalogue.list(slot).map(component => component.use);
  return slot === 'backend' ? ['auto', ...uses] : uses;
}
