import type { SlotName } from '../contracts/slots.js';
import { FIRST_PARTY_INDEX } from './first-party-index.js';

/** A component of this project as the index lists it. */
export interface IndexedComponent {
  readonly package: string;
  readonly slot: SlotName;
  readonly use: string;
  /** Names that people search it by, such as the method's. */
  readonly aliases: readonly string[];
}

/** Packages of this project, in the order of the index. */
export const FIRST_PARTY: readonly string[] = Object.keys(FIRST_PARTY_INDEX);

/** Backends depend on the machine and not on the experiment, so pipelines do not list them. */
export const BACKEND_PACKAGES: readonly string[] = FIRST_PARTY.filter(name => name.startsWith('@carl-ssl/backend-'));

/** Package of the components that are built in. */
export const CORE = '@carl-ssl/core';

/** Every component of this project. */
export const indexedComponents: readonly IndexedComponent[] = Object.entries(FIRST_PARTY_INDEX).flatMap(
  ([name, slots]) =>
    Object.entries(slots).flatMap(([slot, uses]) =>
      Object.entries(uses).map(([use, aliases]) => ({ package: name, slot, use, aliases })),
    ),
);

/** Packages of this project that have a component of one of these names, whatever its slot. */
export function packagesWith(uses: ReadonlySet<string>): readonly string[] {
  return [...new Set(indexedComponents.filter(({ use }) => uses.has(use)).map(one => one.package))];
}

/** Component of a slot in the index, by its `use` name. */
export function indexed(slot: SlotName, use: string): IndexedComponent | undefined {
  return indexedComponents.find(one => one.slot === slot && one.use === use);
}

/** Component that a user means by the name of a method, for example `nt-xent` for `simclr`; in the slot if there is one. */
export function byAlias(slot: SlotName, name: string): IndexedComponent | undefined {
  const word = plainWord(name);
  const found = indexedComponents.filter(({ aliases }) => aliases.some(alias => plainWord(alias) === word));
  return found.find(one => one.slot === slot) ?? found[0];
}

/** Letters and digits in lower case: `MoCo v2` and `moco-v2` are one name. */
function plainWord(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
