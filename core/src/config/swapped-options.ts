import type { JsonSchema } from '../plugin/json-schema.js';
import { validatorOf } from '../schema/validator.js';
import type { SchemaWalker } from '../schema/walk.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { listed } from '../text/closest.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { isOwn } from './merge.js';
import { normalise, shapeOfNode } from './normalise.js';
import { plain, pathText, useOf, type Entry, type MappingNode, type Node, type Path } from './node.js';

/** A component that was put in the place of another one, with the options of the other one. */
interface Swap {
  readonly path: Path;
  readonly node: MappingNode;
  /** Its schema; without properties if there is no such component. */
  readonly schema: JsonSchema;
}

/** Paths of options that were removed. */
interface DroppedOptions {
  /** The new component does not have the option. */
  readonly unknown: ReadonlySet<string>;
  /** The new component does not allow the value. */
  readonly refused: ReadonlySet<string>;
}

/**
 * Decides which options of replaced components remain: those that the new component has too, with a value that it allows.
 * The others are removed, with a warning for each component. This applies to `extends:`, `--set` and `--grid`.
 */
export function settleSwaps(
  root: MappingNode,
  walker: SchemaWalker,
  catalogue: Catalogue,
): { readonly root: MappingNode; readonly warnings: readonly Diagnostic[] } {
  const swaps = swapsIn(root, walker);
  if (swaps.length === 0) return { root, warnings: [] };
  const unknown = swaps.flatMap(({ path, node, schema }) =>
    keptKeys(node).flatMap(key => (walker.child(schema, key) ? [] : [pathText([...path, key])])),
  );
  const known = without(root, new Set(unknown));
  const errors = validatorOf(catalogue).validate(plain(normalise(known, walker)));
  const wrong = errors.map(({ instancePath }) => instancePath.slice(1).replaceAll('/', '.'));
  const refused = swaps.flatMap(({ path, node }) =>
    keptKeys(node)
      .map(key => pathText([...path, key]))
      .filter(key => wrong.some(place => place === key || place.startsWith(`${key}.`))),
  );
  const dropped: DroppedOptions = { unknown: new Set(unknown), refused: new Set(refused) };
  return {
    root: without(root, new Set([...unknown, ...refused])),
    warnings: swaps.flatMap(swap => warningOf(swap, dropped)),
  };
}

function swapsIn(root: MappingNode, walker: SchemaWalker): readonly Swap[] {
  const found: Swap[] = [];
  const visit = (node: Node, schema: JsonSchema, path: Path): void => {
    const concrete = walker.concrete(schema, shapeOfNode(node));
    const inner = (key: string | number, value: Node) => {
      const child = walker.child(concrete, key);
      if (child) visit(value, child, [...path, key]);
    };
    if (node.kind === 'list') node.items.forEach((item, index) => inner(index, item));
    if (node.kind !== 'mapping') return;
    if (keptKeys(node).length > 0) found.push({ path, node, schema: concrete });
    for (const [key, { value }] of node.entries) inner(key, value);
  };
  visit(root, walker.root, []);
  return found;
}

/** Options that were written for a component that was there before. */
function keptKeys(node: MappingNode): readonly string[] {
  return [...node.entries].flatMap(([key, entry]) => (isOwn(entry, node) ? [] : [key]));
}

function without(root: MappingNode, dropped: ReadonlySet<string>): MappingNode {
  const visit = (node: Node, path: Path): Node => {
    if (node.kind === 'list') return { ...node, items: node.items.map((item, index) => visit(item, [...path, index])) };
    if (node.kind !== 'mapping') return node;
    const entries = [...node.entries].flatMap(([key, entry]): [string, Entry][] => {
      const at = [...path, key];
      if (!isOwn(entry, node) && dropped.has(pathText(at))) return [];
      return [[key, { ...entry, value: visit(entry.value, at) }]];
    });
    return { ...node, entries: new Map(entries) };
  };
  return visit(root, []) as MappingNode;
}

function warningOf({ path, node }: Swap, { unknown, refused }: DroppedOptions): readonly Diagnostic[] {
  const { place } = node.entries.get('use')!.value;
  const [before] = keptKeys(node).map(key => node.entries.get(key)!.from!);
  const at = (key: string) => pathText([...path, key]);
  const [dropped, kept] = divided(keptKeys(node), key => unknown.has(at(key)) || refused.has(at(key)));
  const isRefused = dropped.some(key => refused.has(at(key)));
  if (dropped.length === 0 || (kept.length === 0 && !isRefused && isWrittenOut(node))) return [];
  const name = useOf(node)!;
  const message =
    `\`${name}\` replaces \`${before}\` and ${kept.length > 0 ? `keeps ${listed(kept, 'and')}` : 'keeps none of its options'}. ` +
    `Dropped, because \`${name}\` does not have the option or does not allow its value: ${listed(dropped, 'and')}.`;
  const byArgument = `Set options of \`${name}\` by --set ${pathText(path)}.OPTION=VALUE.`;
  const inFile = `Write options of \`${name}\` below \`${pathText(path)}\`.`;
  const remedy = place.source.kind === 'argument' ? byArgument : inFile;
  return [diagnose(place, { code: 'SWAP_DROPS_OPTIONS', severity: 'warning', message, remedy, path })];
}

/** True for a component that is written with options of its own. If it keeps no others, nothing is left open. */
function isWrittenOut({ entries }: MappingNode): boolean {
  return [...entries].some(([key, { from }]) => key !== 'use' && from === undefined);
}

function divided(
  keys: readonly string[],
  belongs: (key: string) => boolean,
): readonly [readonly string[], readonly string[]] {
  return [keys.filter(belongs), keys.filter(key => !belongs(key))];
}
