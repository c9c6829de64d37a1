import { asComponent, useOf, type Entry, type MappingNode, type Node } from './node.js';

/** Keys of a pipeline whose value is a component, for which `carl` is short for `{ use: carl }`. */
export type IsComponentKey = (key: string) => boolean;

/**
 * Merges `over` into `base`: mappings are merged key by key, other values of `over` replace those of `base`. A
 * component with another `use` replaces the whole component, because it has other options.
 */
export function mergeNodes(base: Node, over: Node): Node {
  const [left, right] = alike(base, over);
  if (left.kind !== 'mapping' || right.kind !== 'mapping' || isOtherComponent(left, right)) return right;
  return mergeMappings(left, right);
}

/** {@link mergeNodes} for whole pipelines: at `isComponent` keys the short form of a component counts as one. */
export function mergePipelines(base: MappingNode, over: MappingNode, isComponent: IsComponentKey): MappingNode {
  return mergeMappings(expand(base, isComponent), expand(over, isComponent));
}

function expand(pipeline: MappingNode, isComponent: IsComponentKey): MappingNode {
  const entries = [...pipeline.entries].map(
    ([key, { key: place, value }]) =>
      [key, { key: place, value: isComponent(key) ? asComponent(value) : value }] as const,
  );
  return { ...pipeline, entries: new Map<string, Entry>(entries) };
}

function mergeMappings(base: MappingNode, over: MappingNode): MappingNode {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    entries.set(key, below ? { key: entry.key, value: mergeNodes(below.value, entry.value) } : entry);
  }
  return { kind: 'mapping', place: over.place, entries };
}

/** Expands the short form of a component if `base` has the long form. */
function alike(base: Node, over: Node): readonly [Node, Node] {
  return useOf(base) === undefined ? [base, over] : [base, asComponent(over)];
}

function isOtherComponent(base: MappingNode, over: MappingNode): boolean {
  const [before, after] = [useOf(base), useOf(over)];
  return before !== undefined && after !== undefined && before !== after;
}
