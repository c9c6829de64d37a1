import { loadUsed } from '../catalogue/load.js';
import type { SlotName } from '../contracts/slots.js';
import { createCatalogue, type Catalogue } from '../plugin/catalogue.js';

/**
 * A catalogue with the plugin that has a component, whether the pipeline uses it or not. It is small, because options are
 * validated by a schema of all components of a catalogue.
 */
export async function catalogueWith(catalogue: Catalogue, slot: SlotName, use: string): Promise<Catalogue> {
  const known = catalogue.get(slot, use);
  const owner = known && catalogue.owner(known);
  return createCatalogue(owner ? [owner] : await loadUsed(new Set([use]), []));
}
