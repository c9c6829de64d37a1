import { CarlError, fromHalf, toHalf, Type, type ExportedWeights, type Static } from '@carl-ssl/core';

/** Option of all formats. */
export const Precision = Type.Union([Type.Literal('float32'), Type.Literal('float16')], {
  default: 'float32',
  description: 'Number format of the weights in the files. float16 halves the files and rounds the weights.',
});

export type Precision = Static<typeof Precision>;

/** Largest number of float16. */
const MOST = 65_504;

/** The bits of the nearest float16 of each value. @throws CarlError INPUT_ARGUMENT naming a value that is too large */
export function half(name: string, data: Float32Array): Uint16Array {
  const bits = toHalf(data);
  const place = bits.findIndex(one => (one & 0x7fff) === 0x7c00);
  if (place < 0) return bits;
  throw new CarlError(
    'INPUT_ARGUMENT',
    `The weight ${name} has the value ${data[place]}, and float16 ends at ${MOST}. Export it with --precision float32.`,
  );
}

/** The nearest float16 of each value. @throws CarlError INPUT_ARGUMENT naming a value that is too large */
export function rounded(name: string, data: Float32Array): Float32Array {
  return fromHalf(half(name, data));
}

/** The weights as a program gets them from files of weights; none if they are those of the encoder. */
export function roundedWeights(
  weights: ExportedWeights,
  { precision }: { readonly precision: Precision },
): { rounded?: ExportedWeights } {
  if (precision === 'float32') return {};
  const all = Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: rounded(name, data) }]);
  return { rounded: Object.fromEntries(all) as ExportedWeights };
}
