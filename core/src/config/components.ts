import type { Catalogue } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import type { SlotName } from '../contracts/slots.js';
import { validatorOf } from '../schema/validator.js';
import { SchemaWalker, shapeOf } from '../schema/walk.js';
import type { JsonSchema } from '../plugin/json-schema.js';
import type { NestedOptions } from '../contracts/components.js';
import type { Path } from './node.js';

/** A component of a pipeline and its path. */
export interface PlacedComponent {
  readonly path: Path;
  readonly slot: SlotName;
  readonly use: string;
  /** The component's mapping in the pipeline, with `use`. */
  readonly value: NestedOptions;
  /** Without `use`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Undefined for `backend: auto`, which is chosen later. */
  readonly component?: Component;
}

/** A mapping of a pipeline, with the schema that applies to it. */
export interface PlacedMapping {
  readonly path: Path;
  readonly value: Readonly<Record<string, unknown>>;
  readonly schema: JsonSchema;
}

/** Every component of a validated pipeline, outer before inner, in the order of the pipeline's schema. */
export function listComponents(pipeline: object, catalogue: Catalogue): readonly PlacedComponent[] {
  return listMappings(pipeline, new SchemaWalker(validatorOf(catalogue).schema)).flatMap(({ path, value, schema }) => {
    const slot = schema['x-slot'] as SlotName | undefined;
    if (slot === undefined) return [];
    const { use, ...options } = value as NestedOptions;
    const component = catalogue.get(slot, use);
    return [
      {
        path,
        slot,
        use,
        value: value as NestedOptions,
        options: Object.freeze(options),
        ...(component && { component }),
      },
    ];
  });
}

/** The objective of a pipeline and, if it is made of others, these too. */
export function objectivesOf(components: readonly PlacedComponent[]): readonly PlacedComponent[] {
  return components.filter(({ path }) => path[0] === 'objective');
}

/** Every mapping that the schema knows, outer before inner. */
export function listMappings(root: object, walker: SchemaWalker): readonly PlacedMapping[] {
  const found: PlacedMapping[] = [];
  const visit = (value: unknown, schema: JsonSchema, path: Path): void => {
    if (typeof value !== 'object' || value === null) return;
    const concrete = walker.concrete(schema, shapeOf(value));
    if (!Array.isArray(value)) found.push({ path, value: value as Record<string, unknown>, schema: concrete });
    for (const [key, inner] of Object.entries(value)) {
      const child = walker.child(concrete, key);
      if (child) visit(inner, child, [...path, key]);
    }
  };
  visit(root, walker.root, []);
  return found;
}
