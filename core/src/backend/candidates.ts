import { componentsOf, createRoot } from '../container/root.js';
import type { Backend } from '../contracts/backend.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { slots } from '../plugin/slot.js';
import { completeOptions } from '../schema/component-options.js';
import type { NestedOptions } from '../schema/option.js';

/**
 * All backends of the catalogues, made with default options except the wanted one; of two with one name the first
 * counts.
 */
export function backendCandidates(
  catalogues: readonly Catalogue[],
  wanted: NestedOptions = { use: 'auto' },
): readonly Backend[] {
  const byName = new Map<string, Backend>();
  for (const catalogue of catalogues) {
    const components = componentsOf(createRoot(catalogue.plugins.map(({ plugin }) => plugin)));
    for (const { use } of catalogue.list('backend')) {
      if (byName.has(use)) continue;
      const options = completeOptions(catalogue, 'backend', wanted.use === use ? wanted : { use });
      byName.set(use, components.create(slots.backend, options));
    }
  }
  return [...byName.values()];
}
