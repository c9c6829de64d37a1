import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { CarlError } from '../errors.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { composeSchema } from './compose.js';
import type { JsonSchema } from './json-schema.js';

export type SchemaError = ErrorObject;

/** Keywords of ours that ajv need not know. */
const ANNOTATIONS = ['x-slot', 'x-path'];

const OPTIONS: Options = {
  strict: true,
  allErrors: true,
  verbose: true,
  discriminator: true,
  useDefaults: true,
  allowUnionTypes: true,
  logger: false,
};

/** The schema of all pipelines that a catalogue allows, and a check of values against it. */
export interface Validator {
  readonly schema: JsonSchema;
  /** Fills defaults into `value` and returns everything that is wrong with it. */
  validate(value: unknown): readonly SchemaError[];
}

/** A validator in ajv's strict mode, in which unknown keywords and contradictions in a schema are errors. */
export function strictAjv(): Ajv {
  return new Ajv(OPTIONS).addVocabulary(ANNOTATIONS);
}

const validators = new WeakMap<Catalogue, Validator>();

/** The validator of a catalogue; compiled once. @throws CarlError PLUGIN_CONTRACT */
export function validatorOf(catalogue: Catalogue): Validator {
  const known = validators.get(catalogue);
  if (known) return known;
  const schema = composeSchema(catalogue);
  const check = compile(schema);
  const validator: Validator = { schema, validate: value => (check(value) ? [] : (check.errors ?? [])) };
  validators.set(catalogue, validator);
  return validator;
}

function compile(schema: JsonSchema): ValidateFunction {
  try {
    return strictAjv().compile(schema);
  } catch (cause) {
    throw new CarlError('PLUGIN_CONTRACT', `The schemas of the plugins do not go together: ${(cause as Error).message}`, { cause });
  }
}
