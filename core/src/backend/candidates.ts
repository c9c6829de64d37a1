import { componentsOf, createRoot } from '../container/root.js';
import type { Backend } from '../contracts/backend.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { slots } from '../contracts/slots.js';
import { completeOptions } from '../schema/component-options.js';
import type { NestedOptions } from '../contracts/components.js';

/** Creates all backends of a catalogue: the wanted one with its options, the others with their defaults. */
export function backendCandidates(catalogue: Catalogue, wanted: NestedOptions = { use: 'auto' }): readonly Backend[] {
  const components = componentsOf(createRoot(catalogue));
  return catalogue.list('backend').map(({ use }) => {
    const options = completeOptions(catalogue, 'backend', wanted.use === use ? wanted : { use });
    return components.create(slots.backend, options);
  });
}
