import type { JsonSchema } from '../plugin/json-schema.js';

/**
 * A union (`anyOf`) as a choice by the value's type, so that defaults inside are filled and errors are those of the
 * alternative that fits. Literals become an `enum`. Unions whose alternatives share a type stay as they are.
 */
export function unionByType(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!anyOf) return schema;
  const literals = anyOf.filter(isLiteral);
  const others = anyOf.filter(one => !isLiteral(one));
  const values = literals.flatMap(literalValues);
  if (others.length === 0) return { ...rest, enum: values };
  const byType = new Map<string, JsonSchema>(others.map(one => [typeOf(one), one]));
  for (const [type, all] of groupByType(values)) {
    if (byType.has(type)) return schema;
    byType.set(type, type === 'null' ? { type } : { type, enum: all });
  }
  const known = byType.size === others.length + groupByType(values).size && !byType.has('');
  return known && !overlap(byType) ? { ...rest, ...choice([...byType]) } : schema;
}

function choice(branches: readonly (readonly [string, JsonSchema])[]): JsonSchema {
  return { type: branches.map(([type]) => type), ...chain(branches) };
}

function chain([first, ...more]: readonly (readonly [string, JsonSchema])[]): JsonSchema {
  if (!first) return {};
  const [type, branch] = first;
  return more.length === 0 ? branch : { if: { type }, then: branch, else: chain(more) };
}

function isLiteral(schema: JsonSchema): boolean {
  return 'const' in schema || 'enum' in schema || schema.type === 'null';
}

function literalValues(schema: JsonSchema): readonly unknown[] {
  if (schema.type === 'null') return [null];
  return 'const' in schema ? [schema.const] : (schema.enum ?? []);
}

function groupByType(values: readonly unknown[]): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const value of values) {
    const type = value === null ? 'null' : typeof value;
    groups.set(type, [...(groups.get(type) ?? []), value]);
  }
  return groups;
}

/** '' if it is not one known type. */
function typeOf(schema: JsonSchema): string {
  if (schema.$ref || schema['x-slot']) return 'object';
  return typeof schema.type === 'string' ? schema.type : '';
}

function overlap(byType: ReadonlyMap<string, unknown>): boolean {
  return byType.has('integer') && byType.has('number');
}
