import { assign, refuse, SetProblem, type Assignment } from './assignment.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import type { IsComponentKey } from './merge.js';
import { isForbiddenKey, type Entry, type MappingNode, type Node } from './node.js';
import { MAX_DEPTH, parseYaml } from './parse.js';
import type { Place, Source } from './source.js';

/** A change `a.b=c`, and the option that gives it; by default `--set`. Errors name the option. */
export type Change = string | GivenChange;

export interface GivenChange {
  readonly option: string;
  readonly text: string;
}

export function changeOf(change: Change): GivenChange {
  return typeof change === 'string' ? { option: '--set', text: change } : change;
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

/** A value for one key of a pipeline, in YAML, and the option of the command line that gives it. */
export interface GivenValue {
  /** `--data`. */
  readonly option: string;
  /** `augmenter.mean`. */
  readonly key: string;
  readonly text: string;
}

/** A pipeline without a file, made of values in their order. Errors about a value name its option. */
export function composedOf(
  values: readonly GivenValue[],
  { folder, isComponent }: Pick<Arguments, 'folder' | 'isComponent'>,
): { root: MappingNode; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  let root: MappingNode = { kind: 'mapping', place: placeOf(values[0], folder), entries: new Map() };
  for (const value of values) {
    try {
      const place = placeOf(value, folder);
      const keys = value.key.split('.').map(name => ({ name, place }));
      root = assign(root, { keys, value: readValue(place.source, 0) }, isComponent);
    } catch (error) {
      if (!(error instanceof SetProblem)) throw error;
      diagnostics.push(error.diagnostic);
    }
  }
  return { root, diagnostics };
}

function placeOf({ option: name, text }: GivenValue, folder: string): Place {
  return { source: { name, folder, text, kind: 'argument' }, start: 0, end: text.length };
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
