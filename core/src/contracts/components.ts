import type { NestedOptions } from './nested-options.js';
import type { Slot } from './slots.js';
import { token } from './token.js';

export type { NestedOptions };

/** Creates components that are nested in the options of others, for example the steps of a chain of augmentations. */
export interface Components {
  create<T>(slot: Slot<T>, options: NestedOptions): T;
  /** Capabilities that a component requires with these options, see `Component.requires`. */
  requires(slot: Slot<unknown>, options: NestedOptions): readonly string[];
}
export const Components = token<Components>('Components');
