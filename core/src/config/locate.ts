import { entryAt, type Node, type Path } from './node.js';
import type { Place } from './source.js';

/** Where to point for the value at a path: at the value if it is short, else at its key; at what encloses it if it was not written. */
export function locate(root: Node, path: Path): Place {
  const entry = entryAt(root, path);
  if (!entry) return locate(root, path.slice(0, -1));
  if (entry.value.kind === 'scalar') return entry.value.place;
  return entry.key ?? opening(entry.value);
}

/** Where to point for a key: at the key. */
export function locateKey(root: Node, path: Path): Place {
  return entryAt(root, path)?.key ?? locate(root, path);
}

/** A mapping or list without a key is pointed at by its first key, or its first character. */
function opening(node: Node): Place {
  const first = node.kind === 'mapping' ? node.entries.values().next().value : undefined;
  if (first?.key.source === node.place.source && first.key.start === node.place.start) return first.key;
  return { ...node.place, end: node.place.start + 1 };
}
