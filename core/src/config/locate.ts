import { entryAt, type Node, type Path } from './node.js';
import type { Place } from './source.js';

/** The range to mark for the value at a path: the value if it is short, else its key; the enclosing mapping if the value was not written. */
export function locate(root: Node, path: Path): Place {
  const entry = entryAt(root, path);
  if (!entry) return locate(root, path.slice(0, -1));
  if (entry.value.kind === 'scalar') return entry.value.place;
  return entry.key ?? opening(entry.value);
}

/** The range to mark for a key. */
export function locateKey(root: Node, path: Path): Place {
  return entryAt(root, path)?.key ?? locate(root, path);
}

/** The range to mark for a mapping or list without a key: its first key, or its first character. */
function opening(node: Node): Place {
  const first = node.kind === 'mapping' ? node.entries.values().next().value : undefined;
  if (first?.key.source === node.place.source && first.key.start === node.place.start) return first.key;
  return { ...node.place, end: node.place.start + 1 };
}
