import { diagnose, type DiagnosticContent, type Diagnostic } from './diagnostic.js';
import { inheritedOptions, mergeNodes, type IsComponentKey } from './merge.js';
import {
  asComponent,
  pathText,
  useOf,
  type Entry,
  type ListNode,
  type MappingNode,
  type Node,
  type Path,
} from './node.js';
import type { Place } from './source.js';

/** One `a.b=c` of the command line. */
export interface Assignment {
  readonly keys: readonly { readonly name: string; readonly place: Place }[];
  readonly value: Node;
}

/** An error that stops reading one argument. */
export class SetProblem extends Error {
  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.message);
  }
}

/** A pipeline with the value at its keys. @throws SetProblem */
export function assign(root: MappingNode, assignment: Assignment, isComponent: IsComponentKey): MappingNode {
  const [first] = assignment.keys;
  const expanded = first && isComponent(first.name) ? expandEntry(root, first.name) : root;
  const value =
    first && assignment.keys.length === 1 && isComponent(first.name) ? asComponent(assignment.value) : assignment.value;
  return setIn(expanded, { ...assignment, value }, 0) as MappingNode;
}

function expandEntry(root: MappingNode, name: string): MappingNode {
  const entry = root.entries.get(name);
  if (!entry) return root;
  return { ...root, entries: new Map(root.entries).set(name, { key: entry.key, value: asComponent(entry.value) }) };
}

function setIn(node: Node | undefined, assignment: Assignment, depth: number): Node {
  const key = assignment.keys[depth];
  if (!key) return node ? mergeNodes(node, assignment.value) : assignment.value;
  if (node?.kind === 'list') return setItem(node, assignment, depth);
  if (node && node.kind !== 'mapping') return refuseInside(node, assignment, depth);
  const entries: ReadonlyMap<string, Entry> = node?.entries ?? new Map();
  const below = entries.get(key.name);
  const value = setIn(below?.value, assignment, depth + 1);
  const place = node?.place ?? key.place;
  const last = depth + 1 === assignment.keys.length;
  return withUse(
    {
      kind: 'mapping',
      place,
      entries: new Map(entries).set(key.name, { key: last ? key.place : (below?.key ?? key.place), value }),
    },
    node,
    key.name,
  );
}

/** Another `use` makes it another component, which takes over the options of the old one. */
function withUse(changed: MappingNode, before: MappingNode | undefined, key: string): MappingNode {
  const old = before && useOf(before);
  if (key !== 'use' || old === undefined || useOf(changed) === old) return changed;
  return { ...changed, entries: new Map([['use', changed.entries.get('use')!], ...inheritedOptions(before!)]) };
}

function setItem(list: ListNode, assignment: Assignment, depth: number): Node {
  const key = assignment.keys[depth];
  const index = /^\d+$/.test(key.name) ? Number(key.name) : -1;
  const item = list.items[index];
  const path = pathOf(assignment, depth);
  if (!item) {
    const last = list.items.length - 1;
    const there = last < 0 ? 'is empty' : last === 0 ? 'has only the entry 0' : `has the entries 0 to ${last}`;
    return refuse(key.place, {
      code: 'SET_PATH',
      message: `\`${key.name}\` is not an entry of \`${pathText(path)}\`, a list that ${there}.`,
      path,
    });
  }
  const inside = depth + 1 < assignment.keys.length ? asComponent(item) : item;
  const items = list.items.with(index, setIn(inside, assignment, depth + 1));
  return { ...list, items };
}

function refuseInside(node: Node & { kind: 'scalar' }, assignment: Assignment, depth: number): never {
  const path = pathOf(assignment, depth);
  const key = assignment.keys[depth];
  const value = JSON.stringify(node.value);
  return refuse(key.place, {
    code: 'SET_PATH',
    message: `\`${pathText(path)}\` is ${value} and has no keys, so \`${key.name}\` cannot be set in it.`,
    path,
  });
}

function pathOf(assignment: Assignment, depth: number): Path {
  return assignment.keys.slice(0, depth).map(key => key.name);
}

/** @throws SetProblem */
export function refuse(place: Place, complaint: DiagnosticContent): never {
  throw new SetProblem(diagnose(place, complaint));
}
