import { asComponent, useOf, type Entry, type MappingNode, type Node } from './node.js';

/** Keys of a pipeline whose value is a component, for which `carl` is short for `{ use: carl }`. */
export type IsComponentKey = (key: string) => boolean;

/**
 * Merges `over` into `base`: mappings are merged key by key, other values of `over` replace those of `base`. A component
 * with another `use` takes over the options of the one below it, marked with its name; `settleSwaps` decides which remain.
 */
export function mergeNodes(base: Node, over: Node): Node {
  const [left, right] = alike(base, over);
  if (left.kind !== 'mapping' || right.kind !== 'mapping') return right;
  return isOtherComponent(left, right) ? swapComponent(left, right) : mergeMappings(left, right);
}

/** {@link mergeNodes} for whole pipelines: at `isComponent` keys the short form of a component counts as one. */
export function mergePipelines(base: MappingNode, over: MappingNode, isComponent: IsComponentKey): MappingNode {
  return mergeMappings(expand(base, isComponent), expand(over, isComponent));
}

/** The options of a component that another one replaces, marked with the component that they were written for. */
export function inheritedOptions(before: MappingNode): readonly [string, Entry][] {
  const old = useOf(before);
  const options = [...before.entries].filter(([key]) => key !== 'use');
  return options.map(([key, entry]) => [key, old === undefined ? entry : { from: old, ...entry }]);
}

/** Options written with the new component replace inherited ones without merging: their keys can have another meaning. */
function swapComponent(before: MappingNode, after: MappingNode): MappingNode {
  const inherited = inheritedOptions(before).filter(([key]) => !after.entries.has(key));
  return { ...after, entries: new Map([...after.entries, ...inherited]) };
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
    const merges = below && isOwn(below, base);
    entries.set(key, merges ? { ...entry, value: mergeNodes(below.value, entry.value) } : entry);
  }
  return { kind: 'mapping', place: over.place, entries };
}

/** True for an option that was written for the component that has it. */
export function isOwn({ from }: Entry, component: MappingNode): boolean {
  return from === undefined || from === useOf(component);
}

/** Expands the short form of a component if `base` has the long form. */
function alike(base: Node, over: Node): readonly [Node, Node] {
  return useOf(base) === undefined ? [base, over] : [base, asComponent(over)];
}

function isOtherComponent(base: MappingNode, over: MappingNode): boolean {
  const [before, after] = [useOf(base), useOf(over)];
  return before !== undefined && after !== undefined && before !== after;
}
