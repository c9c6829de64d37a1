import type { ErrorObject } from '#ajv';
import type { SlotName } from '../contracts/slots.js';
import type { JsonSchema } from '../plugin/json-schema.js';
import { strictAjv } from './ajv.js';
import { definitionName } from './compose.js';

export type SchemaError = ErrorObject;

/** Checks of values against parts of a composed schema. */
export interface Checks {
  /** Fills defaults into a pipeline and returns all errors. */
  pipeline(value: unknown): readonly SchemaError[];
  /** The same for a component of a slot, with its `use`. */
  component(slot: SlotName, value: unknown): readonly SchemaError[];
  /** Compiles the schema of a component. @throws Error if it is not valid */
  compile(slot: SlotName, use: string): void;
}

/** A component in a value, with its place as a JSON pointer. */
interface Found {
  readonly definition: string;
  readonly value: unknown;
  readonly place: string;
}

/** Name of the schema of pipelines. */
const NAME = 'pipeline';

/**
 * The checks of a schema. Compiling all components would take most of the time of loading a pipeline, so the schema of a
 * component is compiled when a value has the component: the value around it is checked first, and lists its components.
 */
export function checksOf(schema: JsonSchema): Checks {
  const found: Found[] = [];
  const ajv = strictAjv((slot, value, place) => {
    const definition = typeof value.use === 'string' ? definitionName(slot, value.use) : '';
    if (Object.hasOwn(schema.$defs!, definition)) found.push({ definition, value, place });
  }).addSchema(schema, NAME);
  const compiled = (definition?: string) => ajv.getSchema(NAME + (definition ? `#/$defs/${definition}` : ''))!;
  const errorsOf = (value: unknown, definition?: string): readonly SchemaError[] => {
    const check = compiled(definition);
    // What an earlier check found, if it failed in between.
    found.length = 0;
    const own = check(value) ? [] : (check.errors ?? []);
    return [...own, ...found.splice(0).flatMap(errorsIn)];
  };
  const errorsIn = ({ definition, value, place }: Found): readonly SchemaError[] =>
    errorsOf(value, definition).map(error => ({
      ...error,
      instancePath: place + error.instancePath,
      schemaPath: error.schemaPath.replace(/^#(?!\/\$defs\/)/, `#/$defs/${definition}`),
    }));
  return {
    pipeline: value => errorsOf(value),
    component: (slot, value) => errorsOf(value, slot),
    compile: (slot, use) => void compiled(definitionName(slot, use)),
  };
}
