/** Interpolation between pixels. */
export type Interpolation = 'nearest' | 'bilinear' | 'bicubic';

/** Resampling of an image. */
export interface Sampling {
  readonly interpolation: Interpolation;
  /** Widen the filter when shrinking, so that every source pixel contributes. Has no effect with `nearest`. */
  readonly antialias: boolean;
}

/** Bilinear kernel: 1 at distance 0, 0 at distance 1 and beyond. */
export function triangle(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance));
}

/** Cubic convolution kernel of Keys with slope `a` at distance 1; 0 at distance 2 and beyond. */
export function cubic(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}
