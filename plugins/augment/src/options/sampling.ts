import { Type, type Finding, type Static } from '@carl-ssl/core';
import type { Size } from '../maths/geometry.js';
import { PositiveRange, rangeError } from './schema.js';

/** Options of every component that resizes. */
export const samplingOptions = {
  interpolation: Type.Union([Type.Literal('nearest'), Type.Literal('bilinear'), Type.Literal('bicubic')], {
    default: 'bilinear',
    description: 'Interpolation between pixels. Bicubic results may fall outside [0, 1].',
  }),
  antialias: Type.Boolean({
    default: true,
    description:
      'Widen the filter when shrinking, so that every source pixel contributes. Without it, shrinking skips pixels.',
  }),
};

const pixels = { minimum: 1, maximum: 16384 };

/** Schema of a size in pixels: one number or [height, width]. `form` explains both in the description. */
export function SizeOption(subject: string, form = 'one number for a square, or [height, width]') {
  return Type.Union([Type.Integer(pixels), Type.Array(Type.Integer(pixels), { minItems: 2, maxItems: 2 })], {
    description: `${subject} in pixels: ${form}.`,
  });
}

/** Value of a {@link SizeOption}. */
export type SizeValue = Static<ReturnType<typeof SizeOption>>;

/** Height and width of a {@link SizeValue}; one number is a square. */
export function sizeOf(value: SizeValue): Size {
  return typeof value === 'number' ? { height: value, width: value } : { height: value[0], width: value[1] };
}

/** Schema of the range from which a random crop draws its area, relative to the image. */
export function ScaleOption(defaultValue: readonly [number, number]) {
  return PositiveRange({
    default: defaultValue,
    maximum: 1,
    description: 'Smallest and largest area of a crop as a fraction of the image area.',
  });
}

/** Range from which a random crop draws its aspect ratio. */
export const ratioOption = PositiveRange({
  default: [0.75, 4 / 3],
  description: 'Smallest and largest aspect ratio (width / height) of a crop; its logarithm is drawn uniformly.',
});

/** The range of {@link ScaleOption} as two keys. */
export const scaleBounds = {
  minScale: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 0.08,
    description:
      'Smallest area of a crop as a fraction of the image area. 0.08 suits photographs; 0.2 to 0.3 is usual for images below 64 pixels, where smaller crops show too little of an object.',
  }),
  maxScale: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 1,
    description: 'Largest area of a crop as a fraction of the image area.',
  }),
};

/** Error for {@link scaleBounds} in the wrong order. */
export function scaleBoundsFindings(bounds: {
  readonly minScale: number;
  readonly maxScale: number;
}): readonly Finding[] {
  const { minScale, maxScale } = bounds;
  if (minScale <= maxScale) return [];
  return [rangeError('minScale', `\`minScale\` (${minScale}) is larger than \`maxScale\` (${maxScale}). Swap them.`)];
}
