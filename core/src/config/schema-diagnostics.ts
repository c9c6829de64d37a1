import { createCatalogue, type Catalogue } from '../plugin/catalogue.js';
import { loadFirstParty } from '../plugin/load.js';
import { validatorOf, type SchemaError } from '../schema/validator.js';
import { shapeOf } from '../schema/walk.js';
import { missingUse, unknownComponent } from './component-errors.js';
import type { Diagnostic } from './diagnostic.js';
import { missingKey, unknownKey, type KeyContext } from './key-errors.js';
import { essentialErrors } from './schema-errors.js';
import { faultOf, valueDiagnostic } from './translate.js';

/** A normalised pipeline on its way through the validator. */
export interface Candidate extends KeyContext {
  /** False if a listed plugin could not be loaded, so that unknown components say nothing new. */
  readonly complete: boolean;
}

/** Fills defaults into `candidate.value` and tells everything that is wrong with it. */
export async function schemaDiagnostics(candidate: Candidate): Promise<readonly Diagnostic[]> {
  const errors = essentialErrors(validatorOf(candidate.catalogue).validate(candidate.value));
  const unknown = errors.some(isUnknownComponent);
  const installed = unknown && candidate.complete ? await loadFirstParty() : createCatalogue([]);
  const told = errors.filter(error => candidate.complete || !isUnknownComponent(error));
  return told.map(error => diagnosticOf(error, candidate, installed));
}

function isUnknownComponent({ keyword, params, instancePath }: SchemaError): boolean {
  const unknown = keyword === 'discriminator' && params['error'] === 'mapping';
  return unknown || (keyword === 'not' && instancePath.endsWith('/use'));
}

function diagnosticOf(error: SchemaError, candidate: Candidate, installed: Catalogue): Diagnostic {
  const fault = faultOf(error, candidate.root);
  const context = { ...candidate, installed };
  if (error.keyword === 'additionalProperties') return unknownKey(fault, context);
  if (error.keyword === 'discriminator') return unknownComponent(fault, context);
  if (error.keyword === 'not') return unknownComponent(ofComponent(fault, candidate), context);
  if (error.keyword !== 'required') return valueDiagnostic(fault);
  return fault.schema['x-slot'] === undefined ? missingKey(fault, context) : missingUse(fault, context);
}

/** The error is about `use`; the component is one up. */
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
