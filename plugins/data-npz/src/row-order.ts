import type { Numbers } from './npy.js';

/** Values of an array in Fortran order, where the first index changes fastest, in the order of rows. */
export function orderedByRows(stored: Numbers, shape: readonly number[]): Numbers {
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, 1));
  const values = stored.slice();
  const index = shape.map(() => 0);
  for (let to = 0, from = 0; to < values.length; to++) {
    values[to] = stored[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]++;
      from += steps[axis];
      if (index[axis] < shape[axis]) break;
      from -= index[axis] * steps[axis];
      index[axis] = 0;
    }
  }
  return values;
}
