import { indexed, indexedComponents } from '../catalogue/first-party.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { SlotName } from '../contracts/slots.js';
import { closest } from '../text/closest.js';
import { describeNode } from './describe.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { locate, locateKey } from './locate.js';
import { entryAt, pathText, plain, type MappingNode } from './node.js';
import { componentOfMethod, renamedComponent } from './renamed.js';
import { choices, type Fault } from './translate.js';

/** The components to choose from. */
export interface ComponentContext {
  readonly root: MappingNode;
  readonly catalogue: Catalogue;
}

/** The diagnostic for a mapping that should be a component and has no `use`. */
export function missingUse(fault: Fault, { root, catalogue }: ComponentContext): Diagnostic {
  const slot = fault.schema['x-slot']!;
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
    remedy: `${swapped}${chosenBySet(fault, catalogue)}${choices(slot, uses)}`,
    path: fault.path,
  });
}

/** Advice for options of the command line for a component that no file chooses. */
function chosenBySet({ node, path, schema }: Fault, catalogue: Catalogue): string {
  const given = node?.kind === 'mapping' ? [...node.entries.values()] : [];
  if (given.length === 0 || given.some(({ key }) => key.source.kind !== 'argument')) return '';
  const keys = [...(node as MappingNode).entries.keys()];
  const fitting = catalogue
    .list(schema['x-slot']!)
    .find(({ options }) => keys.every(key => Object.hasOwn(options.properties, key)));
  // Backends are not loaded before one is chosen.
  const example = fitting?.use ?? 'NAME';
  return `Choose it too, for example with \`--set ${pathText(path)}.use=${example}\`.\n`;
}

/** The diagnostic for a `use` that no listed plugin has. */
export function unknownComponent(fault: Fault, context: ComponentContext): Diagnostic {
  const slot = fault.schema['x-slot']!;
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
    : `${fault.name} is not given, and its default \`${use}\` is in no loaded plugin.`;
  return diagnose(place, { code: 'COMPONENT_UNKNOWN', message, remedy: advice(slot, use, context), path });
}

/** The error may be about the component or about its `use`. */
function defaultUse(data: unknown): unknown {
  return typeof data === 'string' ? data : (data as { use?: unknown }).use;
}

/** The diagnostic for another value where a component is expected. */
export function notComponent(fault: Fault, { catalogue }: ComponentContext): Diagnostic {
  const slot = fault.schema['x-slot']!;
  const isNull = fault.node?.kind === 'scalar' && fault.node.value === null;
  const is =
    fault.node && !isNull
      ? `must be a component (${slot}), not ${describeNode(fault.node)}.`
      : `has no value; it must be a component (${slot}).`;
  const message = `${fault.name} ${is}`;
  const remedy = `Write \`use: NAME\` and its options below it.\n${choices(slot, usesOf(slot, catalogue))}`;
  return diagnose(fault.place, { code: isNull ? 'VALUE_NULL' : 'TYPE_WRONG', message, remedy, path: fault.path });
}

function advice(slot: SlotName, use: string, { catalogue }: ComponentContext): string {
  const glued = /^use:(\S+)$/.exec(use);
  if (glued) return `YAML needs a space after the colon: write \`{ use: ${glued[1]} }\`, or only \`${glued[1]}\`.`;
  const own = indexed(slot, use);
  if (own) return `It is in \`${own.package}\`, which is not installed: npm install ${own.package}`;
  const renamed = renamedComponent(slot, use, catalogue);
  if (renamed !== undefined) return renamed;
  const uses = usesOf(slot, catalogue);
  const method = componentOfMethod(use, catalogue, slot);
  const elsewhere = indexedComponents.find(one => one.use === use)?.slot ?? slotOf(use, catalogue);
  const near = closest(use, uses);
  const hints = [];
  if (method?.slot === slot) hints.push(method.advice);
  else if (near) hints.push(`Did you mean \`${near}\`?`);
  else if (method) hints.push(method.advice);
  else if (elsewhere) hints.push(`\`${use}\` is a component for ${elsewhere}.`);
  return [...hints, choices(slot, uses)].join('\n');
}

function slotOf(use: string, catalogue: Catalogue): SlotName | undefined {
  return catalogue.slots.find(({ name }) => catalogue.get(name, use) !== undefined)?.name;
}

/** Names that a pipeline can use in a slot: components of loaded plugins, and all of this project. */
export function usesOf(slot: SlotName, catalogue: Catalogue): readonly string[] {
  const loaded = catalogue.list(slot).map(component => component.use);
  const own = indexedComponents.filter(one => one.slot === slot).map(({ use }) => use);
  const uses = [...new Set([...loaded, ...own])].sort((a, b) => a.localeCompare(b));
  return slot === 'backend' ? ['auto', ...uses] : uses;
}
