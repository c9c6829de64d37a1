import type { Slot } from '../plugin/slot.js';
import type { NestedOptions } from '../schema/option.js';
import { token } from './token.js';

/** Makes components that are options of others, for example the steps of a chain of augmentations. */
export interface Components {
  create<T>(slot: Slot<T>, options: NestedOptions): T;
  /** What a component requires with these options, see `Component.requires`. */
  requires(slot: Slot<unknown>, options: NestedOptions): readonly string[];
}
export const Components = token<Components>('Components');
