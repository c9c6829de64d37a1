import { isComponentKey } from '../config/load.js';
import type { Node } from '../config/node.js';
import { parseYaml } from '../config/parse.js';
import { CarlError } from '../errors/carl-error.js';
import { GRID, type GridAxis } from './variants.js';

/**
 * Refuses a key that is given twice, so that one of the two would have no effect: by `--grid` and `--set`, or by two axes of the
 * grid. A key within another one is refused only if nothing of it would remain.
 * @throws CarlError INPUT_ARGUMENT
 */
export function refuseConflicts(axes: readonly GridAxis[], set: readonly string[]): void {
  const twice = axes.find(({ key }, i) => axes.findIndex(other => keyOf(other.key) === keyOf(key)) !== i);
  if (twice) {
    const values = axes.filter(({ key }) => keyOf(key) === keyOf(twice.key)).flatMap(axis => axis.values);
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--grid has the key ${twice.key} twice. Give all its values at once: --grid ${twice.key}=${[...new Set(values)].join(',')}.`,
    );
  }
  for (const text of set) {
    const axis = axes.find(one => replaces(one, text));
    if (axis === undefined) continue;
    const given = `${GRID} ${axis.key}=${axis.values.join(',')}`;
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--set ${text}: ${given} gives values of the same key, and would replace this one. Leave out one of the two.`,
    );
  }
}

/** True if nothing of a change remains under any value of an axis. */
function replaces({ key: axis, values }: GridAxis, text: string): boolean {
  const equals = text.indexOf('=');
  const key = text.slice(0, Math.max(0, equals)).trim();
  if (keyOf(key) === keyOf(axis)) return true;
  if (key.startsWith(`${axis}.`)) return values.every(value => replacesBelow(axis, value, key.slice(axis.length + 1)));
  return axis.startsWith(`${key}.`) && holds(nodeOf(text.slice(equals + 1)), axis.slice(key.length + 1));
}

/** `assigner.use` is the component that `assigner` names. */
function keyOf(key: string): string {
  const [first, ...rest] = key.split('.');
  return rest.length === 1 && rest[0] === 'use' && isComponentKey(first) ? first : key;
}

/** A component keeps the options that its key has, and a mapping those keys that it lacks; all other values replace everything. */
function replacesBelow(axis: string, value: string, below: string): boolean {
  const node = nodeOf(value);
  return node?.kind === 'mapping' ? holds(node, below) : !isComponentKey(axis);
}

/** True if a mapping gives the key. */
function holds(node: Node | undefined, key: string): boolean {
  return key.split('.').reduce<Node | undefined>((at, name) => (at?.kind === 'mapping' ? at.entries.get(name)?.value : undefined), node) !== undefined; // prettier-ignore
}

function nodeOf(text: string): Node | undefined {
  return parseYaml({ name: GRID, folder: '', text, kind: 'argument' }).root;
}
