import type { SlotName } from '../contracts/slots.js';
import { FIRST_PARTY_INDEX } from './first-party-index.js';

/** A component of this project as the index lists it. */
export interface IndexedComponent {
  readonly package: string;
  readonly slot: SlotName;
  readonly use: string;
  /** `use` names of earlier versions. */
  readonly formerUses: readonly string[];
  /** Names of methods that people write for it. */
  readonly knownAs: readonly string[];
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
      Object.entries(uses).map(([use, { formerly = [], knownAs = [] }]) => ({
        package: name,
        slot,
        use,
        formerUses: formerly,
        knownAs,
      })),
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

/** Component of a slot in the index, by the `use` name of an earlier version. */
export function indexedByFormerUse(slot: SlotName, use: string): IndexedComponent | undefined {
  return indexedComponents.find(one => one.slot === slot && one.formerUses.includes(use));
}
