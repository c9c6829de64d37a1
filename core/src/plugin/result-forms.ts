/** A rule for the results of a method of a part. */
export interface ResultRule {
  /** A sentence without its subject if the result breaks the contract: ``must return ...``. */
  fault(result: unknown, given: readonly unknown[], made: Readonly<Record<string, unknown>>): string | undefined;
  /** True if the method may return a promise; a function where that depends on the part. */
  readonly isAsync?: boolean | ((made: Readonly<Record<string, unknown>>) => boolean);
  /** The result has functions, which are guarded too: an image set, or specifications with initial values. */
  readonly wrap?: 'images' | 'specs';
}

/** The properties of a tensor that results are judged by; a plugin may have another copy of the library. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed: boolean;
}

export function isTensor(value: unknown): value is TensorLike {
  if (!isObject(value)) return false;
  return Array.isArray(value.shape) && typeof value.dtype === 'string' && typeof value.isDisposed === 'boolean';
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** True for a list of entries of a form; with `isNamed` no two have the same name. */
export function isList(
  value: unknown,
  isEntry: (one: Readonly<Record<string, unknown>>) => boolean,
  isNamed = false,
): boolean {
  if (!Array.isArray(value) || !value.every(one => isObject(one) && isEntry(one))) return false;
  return !isNamed || new Set(value.map(({ name }: { readonly name: unknown }) => name)).size === value.length;
}

/** True for numbers of at least 0. */
export function isFigures(...values: readonly unknown[]): boolean {
  return values.every(value => Number.isFinite(value) && Number(value) >= 0);
}

/** Says what is wrong with a float32 tensor that should have the given sides; undefined stands for any. */
export function tensorFault(what: string, value: unknown, sides: readonly (number | undefined)[]): string | undefined {
  const shape = sides.length === 0 ? 'of rank 0' : `of shape [${sides.map(side => side ?? 'any').join(', ')}]`;
  const wanted = `must return ${what} of float32 ${shape}`;
  if (!isTensor(value)) return `${wanted}, not ${value === null ? 'null' : typeof value}`;
  if (value.isDisposed) return `${wanted}, not a tensor that is disposed`;
  const fits =
    value.shape.length === sides.length && sides.every((side, i) => side === undefined || side === value.shape[i]);
  return fits && value.dtype === 'float32'
    ? undefined
    : `${wanted}, not ${value.dtype} of shape [${value.shape.join(', ')}]`;
}
