import type { Place } from './source.js';

/** A value of a pipeline with its position in the text. Immutable: merging makes new nodes that share the old ones. */
export type Node = ScalarNode | ListNode | MappingNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: string | number | boolean | null;
  readonly quoted: boolean;
}

export interface ListNode {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly Node[];
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly place: Place;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: Place;
  readonly value: Node;
  /** The component that the option was written for, if another one has taken its place. */
  readonly from?: string;
}

/** Keys and list indices from the root of a pipeline. */
export type Path = readonly (string | number)[];

/** `evaluate.0.k`, the form in which messages, `--set` and `explain` write a path. */
export function pathText(path: Path): string {
  return path.join('.');
}

/** Keys with a special meaning in JavaScript objects. As data they could change the prototype of an object. */
export function isForbiddenKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}

/** The plain value of a node. */
export function plain(node: Node): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plain);
    case 'mapping':
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plain(entry.value)]));
  }
}

/** The entry at a path: the node, and its key if it has one; undefined where nothing was written. */
export function entryAt(root: Node, path: Path): { readonly key?: Place; readonly value: Node } | undefined {
  let found: { readonly key?: Place; readonly value: Node } | undefined = { value: root };
  for (const step of path) {
    found = child(found.value, step);
    if (!found) return undefined;
  }
  return found;
}

function child(node: Node, step: string | number): { readonly key?: Place; readonly value: Node } | undefined {
  if (node.kind === 'mapping') return node.entries.get(String(step));
  if (node.kind === 'list') {
    const value = node.items[Number(step)];
    return value && { value };
  }
  return undefined;
}

/** Returns a copy of a mapping with one entry set. Its place and the order of the other entries do not change. */
export function withEntry(mapping: MappingNode, key: string, entry: Entry): MappingNode {
  return { ...mapping, entries: new Map(mapping.entries).set(key, entry) };
}

/** A mapping without one key. */
export function withoutEntry(mapping: MappingNode, key: string): MappingNode {
  const entries = new Map(mapping.entries);
  entries.delete(key);
  return { ...mapping, entries };
}

/** Expands the short form `carl` to `{ use: carl }`; returns other nodes unchanged. */
export function asComponent(node: Node): Node {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
  return { kind: 'mapping', place: node.place, entries: new Map([['use', { key: node.place, value: node }]]) };
}

/** The `use` name of a component's mapping. */
export function useOf(node: Node): string | undefined {
  const use = node.kind === 'mapping' ? node.entries.get('use')?.value : undefined;
  return use?.kind === 'scalar' && typeof use.value === 'string' ? use.value : undefined;
}
