import type { Catalogue } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import type { Slot, SlotName } from '../contracts/slots.js';
import { mapSchema, plainSchema, type JsonSchema } from '../plugin/json-schema.js';
import { skeletonOf } from './skeleton.js';
import { unionByType } from './union.js';

const AUTO = 'Picks the best backend available on this machine.';

/** The strict schema of a pipeline in its normalised form: every component is a closed object, selected by `use`. */
export function composeSchema(catalogue: Catalogue): JsonSchema {
  const defs: Record<string, JsonSchema> = {};
  for (const slot of catalogue.slots) {
    const components = componentSchemas(catalogue, slot.name);
    for (const [use, schema] of components) defs[definitionName(slot.name, use)] = strict(schema);
    defs[slot.name] = slotSchema(
      slot,
      components.map(([use]) => use),
    );
  }
  return { ...strict(skeletonOf(catalogue.slots)), $defs: defs };
}

/** Name of a component's definition in a composed schema. */
export function definitionName(slot: string, use: string): string {
  return `${slot}.${use}`;
}

/** Every component of a slot as a closed object with its `use`. The slot `backend` always has `auto`. */
export function componentSchemas(
  catalogue: Catalogue,
  slot: SlotName,
): readonly (readonly [use: string, JsonSchema])[] {
  const own = catalogue.list(slot).map(component => [component.use, componentSchema(component)] as const);
  return slot === 'backend' ? [['auto', withUse('auto', { description: AUTO })], ...own] : own;
}

/** A component's options with its `use`. */
export function componentSchema(component: Component): JsonSchema {
  return withUse(component.use, { ...plainSchema(component.options), description: component.description });
}

function withUse(use: string, schema: JsonSchema): JsonSchema {
  return {
    ...schema,
    type: 'object',
    properties: { use: { const: use }, ...schema.properties },
    required: ['use', ...(schema.required ?? [])],
    additionalProperties: false,
  };
}

function slotSchema({ name, description }: Slot<unknown>, uses: readonly string[]): JsonSchema {
  const head = { type: 'object', description, 'x-slot': name, required: ['use'] };
  if (uses.length === 0) return { ...head, properties: { use: { type: 'string', not: {} } } };
  // The options are checked by the component's own definition.
  const oneOf = uses.map(use => ({ properties: { use: { const: use } } }));
  return { ...head, properties: { use: {} }, discriminator: { propertyName: 'use' }, oneOf };
}

/** Rewrites a schema for the validator: unions are selected by type, components are references. */
export function strict(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, one => reference(unionByType(one)));
}

function reference(schema: JsonSchema): JsonSchema {
  const { 'x-slot': slot, ...rest } = schema;
  return slot === undefined ? schema : { ...rest, $ref: `#/$defs/${slot}` };
}
