import type { SchemaError } from '../schema/validator.js';
import { MOST_ERRORS } from './diagnostic.js';

/** Keywords whose errors follow from other errors or repeat them. */
const ECHOES = new Set(['if', 'oneOf']);

/** Selects the errors to report: one for each mistake; for a union, those of the alternative that fits best. */
export function essentialErrors(all: readonly SchemaError[]): readonly SchemaError[] {
  const errors = firstErrors(all);
  const told = errors.filter(error => !ECHOES.has(error.keyword));
  const meant = told.filter(error => !isOtherAlternative(error, told));
  return meant.filter((error, index) => !isFollowUp(error, index, meant));
}

/** The first errors. Drops the last value, because not all of its errors may be among them. */
function firstErrors(all: readonly SchemaError[]): readonly SchemaError[] {
  if (all.length <= MOST_ERRORS) return all;
  const { instancePath: cut } = all[MOST_ERRORS];
  const end = all.slice(0, MOST_ERRORS).findLastIndex(({ instancePath }) => !`${instancePath}/`.startsWith(`${cut}/`));
  return all.slice(0, end < 0 ? MOST_ERRORS : end + 1);
}

/** True for errors that follow from others: those about a value of the wrong type, and a missing tag beside a missing `use`. */
function isFollowUp(error: SchemaError, index: number, all: readonly SchemaError[]): boolean {
  if (error.keyword === 'discriminator' && error.params.error === 'tag') {
    return all.some(
      other =>
        other.keyword === 'required' &&
        other.instancePath === error.instancePath &&
        other.params.missingProperty === 'use',
    );
  }
  const same = all.filter(other => other.instancePath === error.instancePath);
  if (error.keyword === 'pattern' && same.some(other => other.keyword === 'minLength')) return true;
  const type = same.find(other => other.keyword === 'type');
  return type !== undefined && (error !== type || all.indexOf(type) !== index);
}

/** True for errors inside a plain union, unless they are about the one alternative whose type fits. */
function isOtherAlternative(error: SchemaError, all: readonly SchemaError[]): boolean {
  const unions = all.filter(one => one.keyword === 'anyOf');
  if (error.keyword === 'anyOf') return fitting(error, all) !== undefined;
  const union = unions.find(one => one !== error && isInside(error, one));
  return union !== undefined && fitting(union, all) !== branchOf(error, union);
}

function isInside(error: SchemaError, union: SchemaError): boolean {
  return error.schemaPath.startsWith(`${union.schemaPath}/`) && error.instancePath.startsWith(union.instancePath);
}

function branchOf(error: SchemaError, union: SchemaError): string | undefined {
  return error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0];
}

/** The alternative whose type fits and that has the fewest errors; undefined if there is none, or more than one. */
function fitting(union: SchemaError, all: readonly SchemaError[]): string | undefined {
  const inside = all.filter(error => error !== union && isInside(error, union));
  const wrongType = (error: SchemaError) =>
    error.keyword === 'type' && error.instancePath === union.instancePath && !isFraction(error);
  const excluded = new Set(inside.filter(wrongType).map(error => branchOf(error, union)));
  const counts = new Map<string | undefined, number>();
  for (const branch of inside.map(error => branchOf(error, union))) counts.set(branch, (counts.get(branch) ?? 0) + 1);
  const left = [...counts].filter(([branch]) => !excluded.has(branch)).sort(([, a], [, b]) => a - b);
  return left[0]?.[1] === left[1]?.[1] ? undefined : left[0]?.[0];
}

/** True for a number where a whole number is expected: the value is wrong, not its type. */
function isFraction({ data, params }: SchemaError): boolean {
  return typeof data === 'number' && params.type === 'integer';
}
