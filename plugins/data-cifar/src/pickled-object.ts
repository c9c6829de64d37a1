/** A value of a pickle. Texts of Python 2 are bytes. */
export type PickledValue =
  null | boolean | number | string | Uint8Array | PickledValue[] | Map<string, PickledValue> | PickledObject;

/** The few Python objects that arrays need. None is ever imported. */
export type PickledObject =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'dtype'; readonly code: string }
  | { readonly kind: 'array'; shape?: readonly number[]; dtype?: string; data?: Uint8Array };

const RECONSTRUCT: ReadonlySet<string> = new Set(
  ['numpy.core', 'numpy._core'].map(module => `${module}.multiarray._reconstruct`),
);
const NAMES: ReadonlySet<string> = new Set([...RECONSTRUCT, 'numpy.ndarray', 'numpy.dtype', '_codecs.encode']);

/** Names, calls and states of the objects above. */
export const pickledObject = {
  /** @throws Error for a name that data do not need */
  named(name: string): PickledObject {
    if (NAMES.has(name)) return { kind: 'name', name };
    throw new Error(`it names ${name}, which arrays of numbers do not need; nothing in a pickle is executed`);
  },

  call(callee: PickledValue, given: PickledValue): PickledValue {
    const name = isObject(callee) && callee.kind === 'name' ? callee.name : '';
    const first = Array.isArray(given) ? given[0] : undefined;
    if (RECONSTRUCT.has(name)) return { kind: 'array' };
    if (name === 'numpy.dtype' && (typeof first === 'string' || first instanceof Uint8Array))
      return { kind: 'dtype', code: textOf(first) };
    if (name === '_codecs.encode' && typeof first === 'string') return Buffer.from(first, 'latin1');
    throw new Error('it calls a function that arrays of numbers do not need; nothing in a pickle is executed');
  },

  build(target: PickledObject, state: PickledValue): void {
    if (target.kind === 'dtype') return;
    if (target.kind !== 'array' || !Array.isArray(state) || state.length !== 5)
      throw new Error('the state of an object is not one of an array');
    const [, shape, dtype, fortran, data] = state;
    if (!isShape(shape) || !isObject(dtype) || dtype.kind !== 'dtype' || !(data instanceof Uint8Array))
      throw new Error('an array has a shape, type or content that is not one of numbers');
    if (fortran === true) throw new Error('an array is stored in Fortran order, and C order is expected');
    Object.assign(target, { shape, dtype: dtype.code, data });
  },
};

function isObject(value: PickledValue): value is PickledObject {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function isShape(value: PickledValue): value is number[] {
  return Array.isArray(value) && value.every(one => typeof one === 'number' && one >= 0);
}

function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('latin1');
}
