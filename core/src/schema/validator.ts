import type { Ajv, ErrorObject } from 'ajv';
import type { SlotName } from '../contracts/slots.js';
import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { Plugin } from '../plugin/define.js';
import { strictAjv } from './ajv.js';
import { blame } from './blame.js';
import { composeSchema } from './compose.js';
import type { JsonSchema } from '../plugin/json-schema.js';

export type SchemaError = ErrorObject;

/** The schema of all pipelines that a catalogue allows, and a check of values against it. */
export interface Validator {
  readonly schema: JsonSchema;
  /** Fills defaults into `value` and returns all errors. */
  validate(value: unknown): readonly SchemaError[];
  /** The same for the options of one component, with its `use`. */
  validateComponent(slot: SlotName, value: unknown): readonly SchemaError[];
}

/** Compiling takes most of the time of loading a pipeline, and the pipelines of one command often use the same plugins. */
const recent: { readonly plugins: readonly Plugin[]; readonly validator: Validator }[] = [];
const KEPT = 4;

/** The validator of a catalogue; compiled once for the same plugins. @throws CarlError PLUGIN_CONTRACT naming the plugin with a bad schema */
export function validatorOf(catalogue: Catalogue): Validator {
  const plugins = catalogue.plugins.map(({ plugin }) => plugin);
  const known = recent.find(
    one => one.plugins.length === plugins.length && one.plugins.every((plugin, index) => plugin === plugins[index]),
  );
  if (known) return known.validator;
  const schema = composeSchema(catalogue);
  const ajv = compile(schema, catalogue);
  const errorsBy = (name: string, value: unknown): readonly SchemaError[] => {
    const check = ajv.getSchema(name)!;
    return check(value) ? [] : (check.errors ?? []);
  };
  const validator: Validator = {
    schema,
    validate: value => errorsBy(NAME, value),
    validateComponent: (slot, value) => errorsBy(`${NAME}#/$defs/${slot}`, value),
  };
  recent.unshift({ plugins, validator });
  recent.length = Math.min(recent.length, KEPT);
  return validator;
}

/** Name of the schema of pipelines. */
const NAME = 'pipeline';

function compile(schema: JsonSchema, catalogue: Catalogue): Ajv {
  try {
    const ajv = strictAjv().addSchema(schema, NAME);
    // Schemas are compiled when they are first asked for.
    ajv.getSchema(NAME);
    return ajv;
  } catch (cause) {
    const message = `The schemas of the plugins cannot be combined: ${(cause as Error).message}.`;
    throw blame(catalogue)?.error ?? new CarlError('PLUGIN_CONTRACT', message, { cause });
  }
}
