import type { Catalogue, LoadedPlugin } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import { pluginFault, PluginError } from '../plugin/plugin-error.js';
import { componentSchema, strict } from './compose.js';
import { strictAjv } from './ajv.js';

/** Reason why a component's schema is not valid; undefined if it is. */
function schemaFault(component: Component, catalogue: Catalogue): string | undefined {
  const $defs = Object.fromEntries(catalogue.slots.map(({ name }) => [name, { type: 'object' }]));
  try {
    strictAjv().compile({ ...strict(componentSchema(component)), $defs });
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^schema is invalid: data/, 'options').split(', ')[0];
  }
}

/** Finds the plugin with an invalid schema, if the schemas of a catalogue cannot be compiled together. */
export function blame(
  catalogue: Catalogue,
): { readonly plugin: LoadedPlugin; readonly error: PluginError } | undefined {
  for (const plugin of catalogue.plugins) {
    for (const component of plugin.plugin.components as readonly Component[]) {
      const fault = schemaFault(component, catalogue);
      if (fault === undefined) continue;
      const text = `The options schema of the ${component.slot.name} \`${component.use}\` in \`${plugin.name}\` is not valid: ${fault}.`;
      return { plugin, error: new PluginError('PLUGIN_BROKEN', text, pluginFault(plugin.name)) };
    }
  }
  return undefined;
}
