import { entryAt, type MappingNode, type Path } from './node.js';
import { positionAt, type Place } from './source.js';

/** Where a value of a pipeline comes from. */
export interface Origin {
  readonly kind: 'file' | 'argument' | 'default';
  /** `pipeline.yaml:3:5`, `--set` or `default`. */
  readonly text: string;
  /** Where it is written; undefined for defaults. */
  readonly place?: Place;
}

/** `evaluate.0.k` as keys. */
export function pathOf(text: string): Path {
  return text === '' ? [] : text.split('.');
}

/** The value at a path of plain data; undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    root,
  );
}

/** Where the value at a path was written; `default` if nowhere; undefined if there is no such value. */
export function originOf(pipeline: object, document: MappingNode, path: string): Origin | undefined {
  const keys = pathOf(path);
  if (valueAt(pipeline, keys) === undefined) return undefined;
  const entry = entryAt(document, keys);
  if (!entry) return { kind: 'default', text: 'default' };
  const place = entry.value.kind === 'scalar' ? entry.value.place : (entry.key ?? entry.value.place);
  const { source } = place;
  if (source.kind === 'argument') return { kind: 'argument', text: source.name, place };
  const { line, column } = positionAt(source.text, place.start);
  return { kind: 'file', text: `${source.name}:${line}:${column}`, place };
}
