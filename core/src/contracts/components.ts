import type { Slot } from './slots.js';
import { token } from './token.js';

/** Validated options of a nested component. */
export interface NestedOptions {
  readonly use: string;
  readonly [option: string]: unknown;
}

/** Makes components that are options of others, for example the steps of a chain of augmentations. */
export interface Components {
  create<T>(slot: Slot<T>, options: NestedOptions): T;
  /** What a component requires with these options, see `Component.requires`. */
  requires(slot: Slot<unknown>, options: NestedOptions): readonly string[];
}
export const Components = token<Components>('Components');
