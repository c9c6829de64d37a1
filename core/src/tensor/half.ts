import { halfToNumber } from './stored-dtype.js';

const scratch = new DataView(new ArrayBuffer(4));

/** The nearest IEEE 754 binary16 numbers as bits, ties to even; numbers from 65520 become infinite. */
export function toHalf(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, halfBits);
}

/** The values of {@link toHalf} as 32-bit numbers. */
export function fromHalf(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, halfToNumber);
}

function halfBits(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const [sign, size] = [(bits >>> 16) & 0x8000, bits & 0x7fffffff];
  if (size > 0x7f800000) return sign | 0x7e00;
  if (size >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14, the numbers are multiples of 2^-24.
  if (size < 0x38800000) return sign | nearestEven(Math.abs(value) * 2 ** 24);
  // Half of the last of the 10 bits of the fraction, and one more if that makes a tie even.
  return sign | ((size + 0xfff + ((size >>> 13) & 1) - 0x38000000) >>> 13);
}

function nearestEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
