import type { GraphConstant } from '@carl-ssl/core';

/** A constant with its axes in another order, as `tf.transpose`. */
export function transposed({ shape, dtype, data }: GraphConstant, order: readonly number[]): GraphConstant {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const target = order.map(axis => shape[axis]);
  const result = data.slice();
  for (let at = 0; at < data.length; at++) {
    let rest = at;
    let place = 0;
    for (let axis = target.length - 1; axis >= 0; axis--) {
      place += (rest % target[axis]) * strides[order[axis]];
      rest = Math.floor(rest / target[axis]);
    }
    result[at] = data[place];
  }
  return { shape: target, dtype, data: result };
}
