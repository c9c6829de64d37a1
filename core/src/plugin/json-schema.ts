import { isJsonObject } from '../files/json-object.js';

/** A JSON Schema (draft 7) as plain data, without TypeBox's symbols. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  /** Set by `Nested`: a component of this slot. */
  readonly 'x-slot'?: string;
  /** Set by `Path`: a file or folder. */
  readonly 'x-path'?: boolean;
}

/** A copy of a TypeBox schema as plain JSON. */
export function plainSchema(schema: unknown): JsonSchema {
  return JSON.parse(JSON.stringify(schema)) as JsonSchema;
}

/** A copy with `change` applied to every schema inside and then to the schema itself. */
export function mapSchema(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const inner = (one: JsonSchema) => mapSchema(one, change);
  const values = (all: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(Object.entries(all).map(([key, one]) => [key, inner(one)]));
  const copy: Record<string, unknown> = { ...schema };
  for (const keyword of ['properties', 'patternProperties', '$defs'] as const) {
    const all = schema[keyword];
    if (all) copy[keyword] = values(all);
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const) {
    if (Array.isArray(schema[keyword])) copy[keyword] = schema[keyword].map(inner);
  }
  for (const keyword of ['if', 'then', 'else', 'not', 'additionalProperties'] as const) {
    if (isSchema(schema[keyword])) copy[keyword] = inner(schema[keyword]);
  }
  if (schema.items)
    copy.items = Array.isArray(schema.items) ? schema.items.map(inner) : inner(schema.items as JsonSchema);
  return change(copy);
}

function isSchema(value: unknown): value is JsonSchema {
  return isJsonObject(value);
}
