import { entryAt, type MappingNode, type Node, type Path } from './node.js';
import type { Place } from './source.js';

/** A number of a pipeline as it was written. */
interface Size {
  readonly path: Path;
  readonly value: number;
  readonly place: Place;
}

/**
 * The key of the largest number below some keys of a pipeline, if the command line gives it: probably the one to change.
 * Undefined if it stands in a file.
 */
export function largestGivenSize(document: MappingNode, keys: readonly Path[]): Path | undefined {
  const sizes = keys.flatMap(path => {
    const entry = entryAt(document, path);
    return entry ? sizesIn(entry.value, path) : [];
  });
  if (sizes.length === 0) return undefined;
  const { path, place } = sizes.reduce((most, size) => (size.value > most.value ? size : most));
  return place.source.kind === 'argument' ? path : undefined;
}

function sizesIn(node: Node, path: Path): readonly Size[] {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'number' ? [{ path, value: node.value, place: node.place }] : [];
    case 'list':
      return node.items.flatMap((item, i) => sizesIn(item, [...path, i]));
    case 'mapping':
      return [...node.entries].flatMap(([key, { value }]) => sizesIn(value, [...path, key]));
  }
}
