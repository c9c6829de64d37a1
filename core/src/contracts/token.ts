import type { ServiceIdentifier } from '#inversify';

/** The container's identifier of a contract; the same in every installed copy of this package. */
export function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol.for(`carl-ssl.${name}`);
}
