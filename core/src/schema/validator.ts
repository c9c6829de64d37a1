import type { SlotName } from '../contracts/slots.js';
import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { Component, Plugin } from '../plugin/define.js';
import type { JsonSchema } from '../plugin/json-schema.js';
import { blame } from './blame.js';
import { checksOf, type SchemaError } from './checks.js';
import { composeSchema } from './compose.js';

export type { SchemaError };

/** The schema of all pipelines that a catalogue allows, and a check of values against it. Errors in the schema name the plugin. */
export interface Validator {
  readonly schema: JsonSchema;
  /** Fills defaults into `value` and returns all errors. @throws CarlError PLUGIN_CONTRACT */
  validate(value: unknown): readonly SchemaError[];
  /** The same for the options of one component, with its `use`. @throws CarlError PLUGIN_CONTRACT */
  validateComponent(slot: SlotName, value: unknown): readonly SchemaError[];
  /** Compiles the schemas of a plugin's components, which is otherwise done when one is used. @throws CarlError PLUGIN_CONTRACT */
  compile(plugin: Plugin): void;
}

/** The pipelines of one command often use the same plugins. */
const recent: { readonly plugins: readonly Plugin[]; readonly validator: Validator }[] = [];
const KEPT = 4;

/** The validator of a catalogue; made once for the same plugins. @throws CarlError PLUGIN_CONTRACT */
export function validatorOf(catalogue: Catalogue): Validator {
  const plugins = catalogue.plugins.map(({ plugin }) => plugin);
  const known = recent.find(
    one => one.plugins.length === plugins.length && one.plugins.every((plugin, index) => plugin === plugins[index]),
  );
  if (known) return known.validator;
  const validator = makeValidator(catalogue);
  recent.unshift({ plugins, validator });
  recent.length = Math.min(recent.length, KEPT);
  return validator;
}

function makeValidator(catalogue: Catalogue): Validator {
  const schema = composeSchema(catalogue);
  const blaming = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      const message = `The schemas of the plugins cannot be combined: ${(cause as Error).message}.`;
      throw blame(catalogue)?.error ?? new CarlError('PLUGIN_CONTRACT', message, { cause });
    }
  };
  const checks = blaming(() => checksOf(schema));
  return {
    schema,
    validate: value => blaming(() => checks.pipeline(value)),
    validateComponent: (slot, value) => blaming(() => checks.component(slot, value)),
    compile: ({ components }) =>
      blaming(() => {
        for (const { slot, use } of components as readonly Component[]) checks.compile(slot.name, use);
      }),
  };
}
