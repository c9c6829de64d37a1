import { indexedByFormerUse, indexedComponents } from '../catalogue/first-party.js';
import type { SlotName } from '../contracts/slots.js';
import type { Catalogue } from '../plugin/catalogue.js';

/** Advice for a `use` name from an earlier version; undefined if no component of the slot had this name. */
export function renamedComponent(slot: SlotName, use: string, catalogue: Catalogue): string | undefined {
  const loaded = catalogue.list(slot).find(({ formerly }) => formerly?.uses?.includes(use));
  const component = loaded ?? indexedByFormerUse(slot, use);
  return component && `\`${use}\` is now called \`${component.use}\`.`;
}

/** Advice for the name of a method, such as SimCLR, with the slot of its component: the wanted slot if possible. */
export function componentOfMethod(
  name: string,
  catalogue: Catalogue,
  wanted: SlotName,
): { readonly slot: SlotName; readonly advice: string } | undefined {
  const loaded = catalogue.slots.flatMap(one =>
    catalogue.list(one.name).map(({ use, knownAs = [] }) => ({ slot: one.name, use, knownAs })),
  );
  const known = [...loaded, ...indexedComponents].flatMap(one => {
    const method = one.knownAs.find(other => letters(other) === letters(name));
    return method === undefined ? [] : [{ ...one, method }];
  });
  const found = known.find(({ slot }) => slot === wanted) ?? known.at(0);
  if (!found) return undefined;
  const where = found.slot === wanted ? 'Write' : `In the slot \`${found.slot}\`, write`;
  return { slot: found.slot, advice: `${where} \`${found.use}\` for ${found.method}.` };
}

/** As people write a name: `MoCo v2` or `moco-v2`. */
const letters = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Advice for an option name from an earlier version; undefined if the component had no such option. */
export function renamedOption(
  { slot, use }: { readonly slot: SlotName | undefined; readonly use: string | undefined },
  option: string,
  catalogue: Catalogue,
): string | undefined {
  if (slot === undefined || use === undefined) return undefined;
  const names = catalogue.get(slot, use)?.formerly?.options ?? {};
  return Object.hasOwn(names, option) ? `\`${option}\` is now called \`${names[option]}\`.` : undefined;
}
