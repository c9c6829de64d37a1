import type { Component, Plugin } from '../plugin/define.js';
import { mapSchema, plainSchema } from '../plugin/json-schema.js';

/** The `use` names in the defaults of all options of a plugin's components. */
export function nestedDefaults(plugin: Plugin): readonly string[] {
  const names: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { use } = value as { use?: unknown };
    if (typeof use === 'string') names.push(use);
    Object.values(value).forEach(visit);
  };
  for (const { options } of plugin.components as readonly Component[])
    mapSchema(plainSchema(options), schema => {
      visit(schema.default);
      return schema;
    });
  return names;
}
