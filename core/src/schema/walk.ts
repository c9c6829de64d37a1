import { definitionName } from './compose.js';
import type { JsonSchema } from '../plugin/json-schema.js';

/** The properties of a value that select a part of a schema. */
export interface Shape {
  readonly type: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  /** `use` of a component. */
  readonly use?: string;
}

export function shapeOf(value: unknown): Shape {
  if (value === null || value === undefined) return { type: 'null' };
  if (Array.isArray(value)) return { type: 'array' };
  if (typeof value !== 'object') return { type: typeof value as Shape['type'] };
  const { use } = value as { use?: unknown };
  return { type: 'object', ...(typeof use === 'string' && { use }) };
}

/** Finds the schema of a value in a pipeline. Follows references, and selects components and alternatives by the value. */
export class SchemaWalker {
  constructor(readonly root: JsonSchema) {}

  /** The schema that applies to a value of this shape. Keywords beside a reference override those of the referenced schema. */
  concrete(schema: JsonSchema, shape: Shape): JsonSchema {
    if (schema.$ref) return this.concrete(this.behind(schema), shape);
    if (schema['x-slot'] && schema.oneOf && shape.use !== undefined) {
      const definition = this.root.$defs?.[definitionName(schema['x-slot'], shape.use)];
      return definition ? { ...definition, 'x-slot': schema['x-slot'] } : schema;
    }
    if (schema.if) return this.concrete(this.chosen(schema, shape), shape);
    const alternative = schema.anyOf?.find(one => matches(one, shape));
    return alternative ? this.concrete({ ...alternative, ...described(schema) }, shape) : schema;
  }

  /** The schema of a key or index of a value that `schema` applies to; undefined for unknown keys. */
  child(schema: JsonSchema, key: string | number): JsonSchema | undefined {
    const items = schema.items;
    if (items) return isList(items) ? items[Number(key)] : items;
    const own = schema.properties;
    if (own && Object.hasOwn(own, key)) return own[key];
    const patterns = Object.entries(schema.patternProperties ?? {});
    const found = patterns.find(([pattern]) => new RegExp(pattern, 'u').test(String(key)));
    return found?.[1];
  }

  /** The slot if a component is expected here, also if it may be left out (null). */
  slotOf(schema: JsonSchema): string | undefined {
    if (schema.$ref) return this.root.$defs?.[schema.$ref.replace('#/$defs/', '')]?.['x-slot'];
    const types = Array.isArray(schema.type) ? schema.type : [];
    if (!schema.if || types.includes('string')) return undefined;
    return [schema.then, schema.else].map(one => one && this.slotOf(one)).find(slot => slot !== undefined);
  }

  private behind(schema: JsonSchema): JsonSchema {
    const { $ref = '', ...beside } = schema;
    const target = this.root.$defs?.[$ref.replace('#/$defs/', '')] ?? {};
    return { ...target, ...beside };
  }

  private chosen(schema: JsonSchema, shape: Shape): JsonSchema {
    const { if: condition = {}, then = {}, else: other = {}, ...rest } = schema;
    return { ...(matches(condition, shape) ? then : other), ...described(rest) };
  }
}

function described(schema: JsonSchema): JsonSchema {
  const { description, default: value } = schema;
  return { ...(description !== undefined && { description }), ...(value !== undefined && { default: value }) };
}

function matches(schema: JsonSchema, shape: Shape): boolean {
  if (schema.$ref) return shape.type === 'object';
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.some(type => type === shape.type || (type === 'integer' && shape.type === 'number'));
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(items: JsonSchema | readonly JsonSchema[]): items is readonly JsonSchema[] {
  return Array.isArray(items);
}
