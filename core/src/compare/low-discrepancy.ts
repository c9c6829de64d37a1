/**
 * Point `index` (from 0) of an additive recurrence in the unit cube: every coordinate advances by a power of the inverse of
 * g, the positive root of x^(d+1) = x + 1. Any number of first points covers the cube more evenly than random ones.
 * @see Roberts 2018, The Unreasonable Effectiveness of Quasirandom Sequences
 */
export function evenPoint(index: number, dimensions: number): readonly number[] {
  const g = rootOf(dimensions);
  return Array.from({ length: dimensions }, (_, axis) => (0.5 + (index + 1) * g ** -(axis + 1)) % 1);
}

/** The positive root of x^(d+1) = x + 1, by iteration. */
function rootOf(dimensions: number): number {
  let x = 2;
  for (let i = 0; i < 64; i++) x = (1 + x) ** (1 / (dimensions + 1));
  return x;
}
