import type { GraphConstant } from '@carl-ssl/core';
import { transposed } from '../transposed.js';

/** A constant that is combined with [B, H, W, C], in the form that is combined with [B, C, H, W]. */
export function channelsFirst(constant: GraphConstant): GraphConstant {
  const { shape } = constant;
  if (shape.length === 4) return transposed(constant, [0, 3, 1, 2]);
  if (shape.length === 3) return transposed(constant, [2, 0, 1]);
  if (shape.length === 2)
    return { ...constant, shape: [shape[1], 1, shape[0]], data: transposed(constant, [1, 0]).data };
  return shape.length === 1 && shape[0] > 1 ? { ...constant, shape: [shape[0], 1, 1] } : constant;
}
