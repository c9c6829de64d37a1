import type { BuiltinSlotName } from '../contracts/slots.js';

/** Slots that a new plugin can have a component in: those with an example in core/templates. */
export const SCAFFOLD_SLOTS = [
  'objective',
  'assigner',
  'encoder',
  'head',
  'augmentation',
  'augmenter',
  'reader',
  'evaluator',
  'observer',
  'optimizer',
  'schedule',
] as const satisfies readonly BuiltinSlotName[];

export type ScaffoldSlot = (typeof SCAFFOLD_SLOTS)[number];

type Language = 'typescript' | 'javascript';

/** A plugin to be written. */
export interface PluginRequest {
  /** npm name. */
  readonly name: string;
  /** Name of its component in pipelines. */
  readonly use: string;
  readonly slot: ScaffoldSlot;
  readonly language: Language;
}
