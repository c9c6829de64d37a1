import type { JsonSchema } from '../plugin/json-schema.js';

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'null',
};

/** Describes the values that a schema accepts: `a whole number, at least 1`. */
export function describeSchema(schema: JsonSchema): string {
  const slot = schema['x-slot'] ?? schema.$ref?.replace('#/$defs/', '');
  if (slot !== undefined) return slotWords(slot);
  if (schema['x-path']) return 'a path';
  if ('const' in schema) return literal(schema.const);
  if (schema.enum)
    return schema.enum
      .map(literal)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1');
  if (schema.if) return [schema.then, schema.else].flatMap(one => (one ? [describeSchema(one)] : [])).join(', or ');
  if (schema.anyOf) return schema.anyOf.map(describeSchema).join(', or ');
  return [typeWords(schema), rangeText(schema)].filter(text => text !== '').join(', ');
}

/** `an encoder`. */
function slotWords(slot: string): string {
  return `${/^[aeiou]/.test(slot) ? 'an' : 'a'} ${slot}`;
}

/** A closed object is described by its keys. */
function typeWords(schema: JsonSchema): string {
  const keys = Object.keys(schema.properties ?? {});
  if (schema.type === 'object' && keys.length > 0 && keys.length <= 4) return `a mapping { ${keys.join(', ')} }`;
  if (schema.type === 'array') return listWords(schema);
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.map(type => TYPES[type] ?? type).join(' or ');
}

function listWords(schema: JsonSchema): string {
  if (Array.isArray(schema.items))
    return `a list of ${schema.items.length}: [${schema.items.map(describeSchema).join('; ')}]`;
  const each = schema.items as JsonSchema | undefined;
  const { minItems, maxItems } = schema;
  const list = typeof minItems === 'number' && minItems === maxItems ? `a list of ${minItems}` : 'a list';
  return each ? `${list}, each entry ${describeSchema(each)}` : list;
}

/** `from 1 to 5`, `above 0 and at most 1`; empty without limits. */
export function rangeText(schema: JsonSchema): string {
  const limits: readonly (readonly [keyword: string, word: string])[] = [
    ['minimum', 'at least'],
    ['exclusiveMinimum', 'above'],
    ['maximum', 'at most'],
    ['exclusiveMaximum', 'below'],
    ['multipleOf', 'a multiple of'],
  ];
  const { minimum, maximum } = schema;
  if (typeof minimum === 'number' && typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER) {
    return `from ${minimum} to ${maximum}`;
  }
  const told = limits.filter(
    ([keyword]) => typeof schema[keyword] === 'number' && schema[keyword] !== Number.MAX_SAFE_INTEGER,
  );
  return told.map(([keyword, word]) => `${word} ${String(schema[keyword])}`).join(' and ');
}

/** A value as YAML writes it; long text is cut. */
export function literal(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 58)}…` : text;
}
