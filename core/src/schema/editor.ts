import type { Catalogue } from '../plugin/catalogue.js';
import type { Slot } from '../contracts/slots.js';
import { componentSchemas, definitionName } from './compose.js';
import { mapSchema, type JsonSchema } from '../plugin/json-schema.js';
import { skeletonOf } from './skeleton.js';

const EXTENDS: JsonSchema = {
  description: 'One or more base files whose keys this file overrides; paths are relative to this file.',
  anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
};

/**
 * The schema for editors (draft 7): pipelines as people write them, with short forms, `extends` and all descriptions.
 * No key is required that an extended file could set; `carl validate` checks the merged pipeline.
 */
export function editorSchema(catalogue: Catalogue, packages: readonly string[]): JsonSchema {
  const { properties = {}, required = [] } = skeletonOf(catalogue.slots);
  const needed = required.filter(key => properties[key]?.default === undefined);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'CARL pipeline',
    description: 'An experiment in self-supervised learning: data, components and training.',
    type: 'object',
    properties: { extends: EXTENDS, ...editable(properties), plugins: pluginNames(properties.plugins ?? {}, packages) },
    additionalProperties: false,
    if: { required: ['extends'] },
    else: { required: needed },
    definitions: Object.fromEntries(catalogue.slots.flatMap(slot => slotDefinitions(catalogue, slot))),
  };
}

function editable(properties: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, mapSchema(schema, forEditors)]));
}

/** Editors ignore keywords beside a `$ref`, so the reference goes into `allOf`. Our own keywords are removed. */
function forEditors(schema: JsonSchema): JsonSchema {
  const { 'x-slot': slot, 'x-path': _path, required: _required, ...rest } = schema;
  return slot === undefined ? rest : { ...rest, allOf: [{ $ref: `#/definitions/${slot}` }] };
}

function pluginNames(schema: JsonSchema, packages: readonly string[]): JsonSchema {
  return { ...schema, items: { anyOf: [{ enum: packages }, { type: 'string', minLength: 1 }] } };
}

function slotDefinitions(catalogue: Catalogue, slot: Slot<unknown>): readonly (readonly [string, JsonSchema])[] {
  const components = componentSchemas(catalogue, slot.name);
  const definitions = components.map(
    ([use, schema]) => [definitionName(slot.name, use), mapSchema(schema, forEditors)] as const,
  );
  return [[slot.name, slotDefinition(slot, components)], ...definitions];
}

/** Selects the component by `use`, so that completion and errors are those of this component. */
function slotDefinition(
  { name, description }: Slot<unknown>,
  components: ReturnType<typeof componentSchemas>,
): JsonSchema {
  const uses = components.map(([use, schema]) => ({ const: use, description: schema.description }));
  if (uses.length === 0) return { description, type: ['string', 'object'] };
  const short = components
    .filter(([, schema]) => hasDefaults(schema))
    .map(([use, schema]) => ({ const: use, description: schema.description }));
  const choice = components.map(([use]) => ({
    if: { properties: { use: { const: use } }, required: ['use'] },
    then: { $ref: `#/definitions/${definitionName(name, use)}` },
  }));
  const long = {
    type: 'object',
    properties: { use: { description: 'Name of the component.', oneOf: uses } },
    allOf: choice,
  };
  return {
    description,
    anyOf:
      short.length > 0
        ? [long, { description: 'Short form for a component with its defaults.', oneOf: short }]
        : [long],
  };
}

/** True if every option has a default, as the short form requires. */
function hasDefaults({ properties = {}, required = [] }: JsonSchema): boolean {
  return required.every(key => key === 'use' || properties[key]?.default !== undefined);
}

const SCHEMA_LINE = /^[ \t]*#[ \t]*yaml-language-server:[^\r\n]*/m;

/** The text of a pipeline with the comment that names its schema for editors: in place of an earlier one, or as the first line. */
export function withSchemaLine(text: string, schema: string): string {
  const line = `# yaml-language-server: $schema=${schema}`;
  if (SCHEMA_LINE.test(text)) return text.replace(SCHEMA_LINE, () => line);
  const [mark, rest] = text.startsWith('\uFEFF') ? ['\uFEFF', text.slice(1)] : ['', text];
  return `${mark}${line}${rest.includes('\r\n') ? '\r\n' : '\n'}${rest}`;
}
