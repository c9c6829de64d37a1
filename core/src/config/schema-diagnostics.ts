import type { JsonSchema } from '../plugin/json-schema.js';
import { validatorOf, type SchemaError } from '../schema/validator.js';
import { shapeOf } from '../schema/walk.js';
import { missingUse, notComponent, unknownComponent } from './component-errors.js';
import type { Diagnostic } from './diagnostic.js';
import { listMappings } from './components.js';
import { locate } from './locate.js';
import { meantBy, missingKeys, unknownKey, type KeyContext } from './key-errors.js';
import { essentialErrors } from './schema-errors.js';
import { faultOf, valueDiagnostic } from './translate.js';

/** A normalised pipeline that is being validated. */
export interface Candidate extends Omit<KeyContext, 'mappings'> {
  /** False if a listed plugin could not be loaded. Unknown components are then not reported. */
  readonly complete: boolean;
}

/** Everything that the diagnostics of a candidate are made from. */
type Context = Candidate & KeyContext;

/** Fills defaults into `candidate.value` and returns a diagnostic for each error. */
export function schemaDiagnostics(candidate: Candidate): readonly Diagnostic[] {
  const errors = essentialErrors(validatorOf(candidate.catalogue).validate(candidate.value));
  const told = errors.filter(error => !isMissingKey(error) && !(isUnknownComponent(error) && !candidate.complete));
  if (errors.length === 0) return [];
  const context = { ...candidate, mappings: listMappings(candidate.value, candidate.walker) };
  return [...told.map(error => diagnosticOf(error, context)), ...missing(errors, context)];
}

/** One diagnostic for all keys that a mapping lacks. A misspelt key is reported as an unknown key instead. */
function missing(errors: readonly SchemaError[], candidate: Context): readonly Diagnostic[] {
  const absent = errors.filter(isMissingKey);
  const firsts = absent.filter(
    (error, index) => absent.findIndex(other => other.instancePath === error.instancePath) === index,
  );
  return firsts.flatMap(first => {
    const same = errors.filter(error => error.instancePath === first.instancePath);
    const misspelt = new Set(same.map(meantKey));
    const keys = same.filter(isMissingKey).map(error => String(error.params.missingProperty));
    const told = keys.filter(key => !misspelt.has(key));
    return told.length === 0 ? [] : [missingKeys(faultOf(first, candidate.root), told, candidate)];
  });
}

function isMissingKey({ keyword, parentSchema }: SchemaError): boolean {
  return keyword === 'required' && (parentSchema as JsonSchema)['x-slot'] === undefined;
}

function meantKey({ keyword, params, parentSchema }: SchemaError): string | undefined {
  return keyword === 'additionalProperties'
    ? meantBy(String(params.additionalProperty), parentSchema as JsonSchema)
    : undefined;
}

function isUnknownComponent({ keyword, params, instancePath }: SchemaError): boolean {
  const unknown = keyword === 'discriminator' && params.error === 'mapping';
  return unknown || (keyword === 'not' && instancePath.endsWith('/use'));
}

function diagnosticOf(error: SchemaError, candidate: Context): Diagnostic {
  const fault = faultOf(error, candidate.root);
  if (error.keyword === 'additionalProperties') return unknownKey(fault, candidate);
  if (error.keyword === 'discriminator') return unknownComponent(fault, candidate);
  if (error.keyword === 'not') return unknownComponent(ofComponent(fault, candidate), candidate);
  if (error.keyword === 'uniqueItems')
    return valueDiagnostic({ ...fault, place: locate(candidate.root, [...fault.path, laterOf(error)]) });
  if (error.keyword === 'required') return missingUse(fault, candidate);
  if (error.keyword === 'type' && fault.schema['x-slot'] !== undefined) return notComponent(fault, candidate);
  return valueDiagnostic(fault);
}

/** Index of the second of two equal entries. */
function laterOf({ params }: SchemaError): number {
  return Math.max(Number(params.i), Number(params.j));
}

/** Converts an error about `use` to one about its component, one level up. */
function ofComponent(fault: ReturnType<typeof faultOf>, { walker, value }: Candidate): ReturnType<typeof faultOf> {
  const path = fault.path.slice(0, -1);
  let schema = walker.root;
  let inner: unknown = value;
  for (const key of path) {
    schema = walker.child(walker.concrete(schema, shapeOf(inner)), key) ?? {};
    inner = (inner as Record<string, unknown>)[key];
  }
  return { ...fault, path, schema: walker.concrete(schema, shapeOf(inner)) };
}
