import { diagnose, type DiagnosticContent, type Diagnostic } from './diagnostic.js';
import { inheritedOptions, mergeNodes, type IsComponentKey } from './merge.js';
import {
  asComponent,
  isForbiddenKey,
  pathText,
  useOf,
  type Entry,
  type ListNode,
  type MappingNode,
  type Node,
  type Path,
} from './node.js';
import { MAX_DEPTH, parseYaml } from './parse.js';
import type { Place, Source } from './source.js';

/** One `a.b=c` of the command line. */
interface Assignment {
  readonly keys: readonly { readonly name: string; readonly place: Place }[];
  readonly value: Node;
}

/** An error that stops reading one argument. */
class SetProblem extends Error {
  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.message);
  }
}

/** Origin of arguments: the command-line option, and the folder that relative paths in them start from. */
export interface Arguments {
  readonly option: string;
  readonly folder: string;
  readonly isComponent: IsComponentKey;
}

/** Applies `a.b=c` arguments in order, as if the file were edited. Reports invalid arguments and skips them. */
export function applySets(
  root: MappingNode,
  sets: readonly string[],
  context: Arguments,
): { root: MappingNode; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  let result = root;
  for (const text of sets) {
    try {
      const source: Source = { name: context.option, folder: context.folder, text, kind: 'argument' };
      result = assign(result, readAssignment(source), context.isComponent);
    } catch (error) {
      if (!(error instanceof SetProblem)) throw error;
      diagnostics.push(error.diagnostic);
    }
  }
  return { root: result, diagnostics };
}

function readAssignment(source: Source): Assignment {
  const { text } = source;
  const equals = text.indexOf('=');
  const whole = { source, start: 0, end: text.length };
  const form = 'Write `--set key.key=value`, for example `--set trainer.epochs=5`.';
  if (equals < 1)
    refuse(whole, { code: 'SET_SYNTAX', message: `\`${text}\` is not of the form key=value.`, remedy: form });
  const keys = readKeys(source, equals);
  if (keys.some(key => key.name === ''))
    refuse(whole, { code: 'SET_SYNTAX', message: 'A key is empty.', remedy: form });
  if (keys.length > MAX_DEPTH) {
    const message = `The key has ${keys.length} parts; a pipeline is nested at most ${MAX_DEPTH} deep.`;
    refuse({ source, start: 0, end: equals }, { code: 'SET_SYNTAX', message });
  }
  const forbidden = keys.find(key => isForbiddenKey(key.name));
  if (forbidden)
    refuse(forbidden.place, { code: 'KEY_FORBIDDEN', message: `A key may not be called \`${forbidden.name}\`.` });
  return { keys, value: readValue(source, equals + 1) };
}

function readKeys(source: Source, end: number): Assignment['keys'] {
  let start = 0;
  return source.text
    .slice(0, end)
    .split('.')
    .map(name => {
      const place = { source, start, end: start + name.length };
      start += name.length + 1;
      return { name: name.trim(), place };
    });
}

/** Replaces the keys by blanks, so that offsets in the value are offsets in the argument. */
function readValue(source: Source, start: number): Node {
  const blanked = { ...source, text: ' '.repeat(start) + source.text.slice(start) };
  const { root, diagnostics } = parseYaml(blanked);
  const [problem] = diagnostics;
  if (problem)
    throw new SetProblem({
      ...problem,
      frame: diagnose({ source, start, end: source.text.length }, { code: '', message: '' }).frame,
    });
  return root
    ? rebased(root, source)
    : { kind: 'scalar', place: { source, start: 0, end: start }, value: null, quoted: false };
}

function rebased(node: Node, source: Source): Node {
  const place = { ...node.place, source };
  if (node.kind === 'scalar') return { ...node, place };
  if (node.kind === 'list') return { ...node, place, items: node.items.map(item => rebased(item, source)) };
  const entries = [...node.entries].map(
    ([key, entry]) => [key, { key: { ...entry.key, source }, value: rebased(entry.value, source) }] as const,
  );
  return { ...node, place, entries: new Map<string, Entry>(entries) };
}

function assign(root: MappingNode, assignment: Assignment, isComponent: IsComponentKey): MappingNode {
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

function refuse(place: Place, complaint: DiagnosticContent): never {
  throw new SetProblem(diagnose(place, complaint));
}
