import type { ErrorObject } from '#ajv';
import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { SlotName } from '../contracts/slots.js';
import { closest, listed } from '../text/closest.js';
import { validatorOf } from './validator.js';
import type { NestedOptions } from '../contracts/components.js';

/**
 * Checks the options of one component outside of a pipeline, and returns a copy with defaults filled in.
 * @throws CarlError INPUT_ARGUMENT with all errors
 */
export function completeOptions(catalogue: Catalogue, slot: SlotName, options: NestedOptions): NestedOptions {
  const value = structuredClone(options);
  const errors = validatorOf(catalogue).validateComponent(slot, value);
  if (errors.length > 0) {
    const known = Object.keys(
      (catalogue.get(slot, options.use)?.options as { properties?: object } | undefined)?.properties ?? {},
    );
    const problems = errors.map(error => problemOf(error, known));
    throw new CarlError('INPUT_ARGUMENT', `invalid options of ${slot} ${options.use}: ${problems.join('; ')}`);
  }
  return value;
}

/** Names the option, the problem, and the values or the option that may be meant. */
function problemOf({ instancePath, keyword, params, message, data }: ErrorObject, known: readonly string[]): string {
  const path = instancePath.slice(1).replaceAll('/', '.');
  const { additionalProperty: extra, allowedValues } = params as Readonly<Record<string, unknown>>;
  if (keyword !== 'additionalProperties')
    return `${path === '' ? 'the component' : `\`${path}\` is ${JSON.stringify(data)}; it`} ${message ?? ''}${Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : ''}`;
  const near = path === '' ? closest(String(extra), known) : undefined;
  const options = path === '' && known.length > 0 ? `. Options: ${listed(known, 'and')}` : '';
  return `there is no option \`${path === '' ? '' : `${path}.`}${String(extra)}\`${near === undefined ? options : `. Did you mean \`${near}\`?`}`;
}
