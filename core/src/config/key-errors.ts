import type { Catalogue } from '../plugin/catalogue.js';
import type { SlotName } from '../contracts/slots.js';
import type { JsonSchema } from '../plugin/json-schema.js';
import type { SchemaWalker } from '../schema/walk.js';
import { closest, listed } from '../text/closest.js';
import type { PlacedMapping } from './components.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { locateKey } from './locate.js';
import { pathText, type MappingNode, type Path } from './node.js';
import { renamedOption } from './renamed.js';
import type { Fault } from './translate.js';
import { describeSchema } from '../schema/describe.js';

/** Context for errors about keys: the pipeline as a whole. */
export interface KeyContext {
  readonly root: MappingNode;
  readonly value: object;
  readonly walker: SchemaWalker;
  readonly catalogue: Catalogue;
  /** All mappings in the pipeline. */
  readonly mappings: readonly PlacedMapping[];
}

/** The diagnostic for an unknown key, with the place where it probably belongs. */
export function unknownKey(fault: Fault, context: KeyContext): Diagnostic {
  const key = (fault.error.params as { additionalProperty: string }).additionalProperty;
  const path = [...fault.path, key];
  const [pattern] = Object.keys(fault.schema.patternProperties ?? {});
  if (pattern !== undefined) return invalidName(key, fault, { ...context, pattern });
  const owner = ownerText(fault, context);
  const hint = belonging(key, fault, context);
  const remedy = [hint, allowedKeys(fault, hint === '' ? 30 : 10)].filter(text => text !== '').join('\n');
  const place = locateKey(context.root, path);
  return diagnose(place, {
    code: 'KEY_UNKNOWN',
    message: `${owner} has no ${optionWord(fault)} \`${key}\`.`,
    remedy,
    path,
  });
}

/** The diagnostic for a key that is a free name, but not of the form that names have. */
function invalidName(
  key: string,
  fault: Fault,
  { root, pattern }: KeyContext & { readonly pattern: string },
): Diagnostic {
  const path = [...fault.path, key];
  const message = `\`${pathText(fault.path)}\` cannot have the name \`${key}\`.`;
  const remedy = `Names must match ${pattern}`;
  return diagnose(locateKey(root, path), { code: 'KEY_UNKNOWN', message, remedy, path });
}

/** The diagnostic for the required keys that one mapping lacks. */
export function missingKeys(fault: Fault, keys: readonly string[], context: KeyContext): Diagnostic {
  const remedy = keys.map(key => keyLine(key, context.walker.child(fault.schema, key) ?? {})).join('\n');
  const message = `${ownerText(fault, context)} needs ${listed(keys, 'and')}.`;
  const path = keys.length === 1 ? [...fault.path, ...keys] : fault.path;
  return diagnose(locateKey(context.root, fault.path), { code: 'KEY_MISSING', message, remedy, path });
}

function keyLine(key: string, schema: JsonSchema): string {
  return `\`${key}\`: ${describeSchema(schema)}. ${schema.description ?? ''}`.trimEnd();
}

/** The key of a mapping that is most similar to a misspelt one. */
export function meantBy(key: string, schema: JsonSchema): string | undefined {
  return closest(key, Object.keys(schema.properties ?? {}));
}

function optionWord(fault: Fault): string {
  return useOfFault(fault) === undefined ? 'key' : 'option';
}

function useOfFault(fault: Fault): string | undefined {
  const use = fault.schema.properties?.use?.const;
  return typeof use === 'string' ? use : undefined;
}

/** ``The objective `carl` ``, `` `trainer` `` or `A pipeline`. */
function ownerText(fault: Fault, context: KeyContext): string {
  const use = useOfFault(fault);
  if (use !== undefined) return `The ${slotAt(fault.path, context) ?? 'component'} \`${use}\``;
  return fault.path.length === 0 ? 'A pipeline' : `\`${pathText(fault.path)}\``;
}

function slotAt(path: Path, { mappings }: KeyContext): string | undefined {
  return mappings.find(one => pathText(one.path) === pathText(path))?.schema['x-slot'];
}

function allowedKeys(fault: Fault, most: number): string {
  const keys = Object.keys(fault.schema.properties ?? {}).filter(key => key !== 'use');
  if (keys.length === 0) return useOfFault(fault) === undefined ? '' : 'It has no options.';
  return keys.length > most ? '' : `${useOfFault(fault) === undefined ? 'Keys' : 'Options'}: ${keys.join(', ')}.`;
}

/** Advice on where the key belongs, the most likely place first; empty without a guess. */
function belonging(key: string, fault: Fault, context: KeyContext): string {
  if (/^\d+$/.test(key)) return 'Is it part of a decimal number? Write 0.5, not 0,5.';
  const owner = { slot: slotAt(fault.path, context) as SlotName | undefined, use: useOfFault(fault) };
  const renamed = renamedOption(owner, key, context.catalogue);
  if (renamed !== undefined) return renamed;
  const [first = '', second] = key.split('.');
  if (second !== undefined && first in (fault.schema.properties ?? {}))
    return `Keys are nested in YAML: write \`${second}\` below \`${first}:\`.`;
  const mappings = context.mappings.filter(one => pathText(one.path) !== pathText(fault.path));
  const there = mappings.find(one => hasKey(one, key));
  if (there) return `It belongs ${placeText(there)}.`;
  const near = meantBy(key, fault.schema);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  return otherComponent(key, fault, context) || nearElsewhere(key, mappings);
}

function hasKey({ schema }: PlacedMapping, key: string): boolean {
  return key !== 'use' && Object.hasOwn(schema.properties ?? {}, key);
}

function placeText({ path }: PlacedMapping): string {
  return path.length === 0 ? 'to the pipeline itself, not indented' : `to \`${pathText(path)}\``;
}

function otherComponent(key: string, fault: Fault, context: KeyContext): string {
  const own = slotAt(fault.path, context) as SlotName | undefined;
  const names = context.catalogue.slots.map(({ name }) => name);
  const order = own ? [own, ...names.filter(slot => slot !== own)] : names;
  for (const slot of order) {
    const having = context.catalogue.list(slot).filter(one => Object.hasOwn(one.options.properties, key));
    if (having.length > 0) return `It is an option of the ${slot} ${listed(having.slice(0, 3).map(one => one.use))}.`;
  }
  return '';
}

function nearElsewhere(key: string, mappings: readonly PlacedMapping[]): string {
  for (const one of mappings) {
    const near = closest(
      key,
      Object.keys(one.schema.properties ?? {}).filter(name => name !== 'use'),
    );
    if (near !== undefined) return `Did you mean \`${near}\`? It belongs ${placeText(one)}.`;
  }
  return '';
}
