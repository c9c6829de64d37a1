import { indexedComponents } from '../catalogue/first-party.js';
import { loadUsed } from '../catalogue/load.js';
import { componentsOf, createRoot } from '../container/root.js';
import type { NestedOptions } from '../contracts/components.js';
import type { Slot, SlotName } from '../contracts/slots.js';
import { CarlError } from '../errors/carl-error.js';
import { createCatalogue, type Catalogue } from '../plugin/catalogue.js';
import { completeOptions } from '../schema/component-options.js';
import { closest, listed } from '../text/closest.js';

/**
 * The component of a slot that an option of the command line names, with the catalogue that has it.
 * @throws CarlError INPUT_ARGUMENT if there is none, or for options that it does not take
 */
export async function componentOf<T>(
  slot: Slot<T>,
  options: NestedOptions,
  { flag, catalogue = createCatalogue([]) }: { readonly flag: string; readonly catalogue?: Catalogue },
): Promise<T> {
  const complete = await catalogueWith(catalogue, slot.name, options.use);
  if (!complete.get(slot.name, options.use)) throw unknownComponent(slot.name, options.use, { flag, catalogue });
  return componentsOf(createRoot(complete)).create(slot, completeOptions(complete, slot.name, options));
}

function unknownComponent(
  slot: SlotName,
  use: string,
  { flag, catalogue }: { readonly flag: string; readonly catalogue: Catalogue },
): CarlError {
  const own = catalogue.list(slot).map(one => one.use);
  const all = [...new Set([...own, ...indexedComponents.filter(one => one.slot === slot).map(one => one.use)])];
  const near = closest(use, all);
  const advice = near === undefined ? `Choose one of ${listed(all)}.` : `Did you mean \`${near}\`?`;
  return new CarlError('INPUT_ARGUMENT', `${flag} ${use}: there is no ${slot} of this name. ${advice}`);
}

/**
 * A catalogue with the plugin that has a component, whether the pipeline uses it or not. It is small, because options are
 * validated by a schema of all components of a catalogue.
 */
async function catalogueWith(catalogue: Catalogue, slot: SlotName, use: string): Promise<Catalogue> {
  const known = catalogue.get(slot, use);
  const owner = known && catalogue.owner(known);
  return createCatalogue(owner ? [owner] : await loadUsed(new Set([use]), []));
}
