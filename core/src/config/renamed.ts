import { indexedByFormerUse } from '../catalogue/first-party.js';
import type { SlotName } from '../contracts/slots.js';
import type { Catalogue } from '../plugin/catalogue.js';

/** Advice for a `use` name from an earlier version; undefined if no component of the slot had this name. */
export function renamedComponent(slot: SlotName, use: string, catalogue: Catalogue): string | undefined {
  const loaded = catalogue.list(slot).find(({ formerly }) => formerly?.uses?.includes(use));
  const component = loaded ?? indexedByFormerUse(slot, use);
  return component && `\`${use}\` is now called \`${component.use}\`.`;
}

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
