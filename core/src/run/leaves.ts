/** The values of a resolved pipeline that hold no others, each with its key: `assigner.count`, `evaluate.0.k`. */
export function leavesOf(value: unknown, key = ''): readonly (readonly [key: string, value: unknown])[] {
  if (!isNested(value) || Object.keys(value).length === 0) return [[key, value]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, key === '' ? name : `${key}.${name}`));
}

/** Whether a value of a pipeline is a mapping or a list. */
export function isNested(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
