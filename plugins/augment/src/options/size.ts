import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { Size } from '../maths/geometry.js';

const pixels = { minimum: 1, maximum: 16384 };

/** Pixels: one number for a square, or [height, width]. */
export function SizeOption(description: string) {
  return Type.Union([Type.Integer(pixels), Type.Array(Type.Integer(pixels), { minItems: 2, maxItems: 2 })], {
    description: `${description} Pixels: one number for a square, or [height, width].`,
  });
}

export type SizeValue = Static<ReturnType<typeof SizeOption>>;

export function sizeOf(value: SizeValue): Size {
  return typeof value === 'number' ? { height: value, width: value } : { height: value[0], width: value[1] };
}
