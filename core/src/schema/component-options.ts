import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { SlotName } from '../contracts/slots.js';
import { composeSchema } from './compose.js';
import { strictAjv } from './validator.js';
import type { NestedOptions } from '../contracts/components.js';

const pools = new WeakMap<Catalogue, ReturnType<typeof strictAjv>>();

/**
 * Checks the options of one component outside of a pipeline, and returns a copy with defaults filled in.
 * @throws CarlError INPUT_ARGUMENT with all errors
 */
export function completeOptions(catalogue: Catalogue, slot: SlotName, options: NestedOptions): NestedOptions {
  const validate = poolOf(catalogue).getSchema(`pipeline#/$defs/${slot}`);
  const value = structuredClone(options);
  if (!validate?.(value)) {
    const problems =
      validate?.errors?.map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`) ?? [];
    throw new CarlError('INPUT_ARGUMENT', `invalid options of ${slot} ${options.use}: ${problems.join('; ')}`);
  }
  return value;
}

function poolOf(catalogue: Catalogue): ReturnType<typeof strictAjv> {
  const known = pools.get(catalogue);
  if (known) return known;
  const pool = strictAjv().addSchema(composeSchema(catalogue), 'pipeline');
  pools.set(catalogue, pool);
  return pool;
}
