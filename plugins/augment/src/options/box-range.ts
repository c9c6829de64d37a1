import { Type } from 'typebox';
import { PositiveRange } from './range.js';

/** Share of the image a random crop covers. */
export function ScaleOption(defaultValue: readonly [number, number]) {
  return PositiveRange({
    default: defaultValue,
    maximum: 1,
    description: 'Least and largest share of the area of the image that a crop covers.',
  });
}

export const ratioOption = PositiveRange({
  default: [0.75, 4 / 3],
  description: 'Least and largest width over height of a crop; the logarithm of the ratio is uniform.',
});

/** As {@link ScaleOption}, in two keys. */
export const scaleBounds = {
  minScale: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 0.08,
    description:
      'Least share of the area of the image that a crop covers. 0.08 is the value for photographs; 0.2 to 0.3 is usual for images below 64 pixels, where little of an object is left in smaller crops.',
  }),
  maxScale: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 1,
    description: 'Largest share of the area of the image that a crop covers.',
  }),
};
