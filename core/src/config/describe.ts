import type { Node } from './node.js';
import { literal } from '../schema/describe.js';

/** Describes a value as it was written: `the text "5"`. */
export function describeNode(node: Node): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'mapping') return 'a mapping';
  if (typeof node.value === 'string') return `the text ${literal(node.value)}`;
  if (typeof node.value === 'number') return `the number ${literal(node.value)}`;
  return node.value === null ? 'nothing' : literal(node.value);
}
