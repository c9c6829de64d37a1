export type Interpolation = 'nearest' | 'bilinear' | 'bicubic';

/** How an image is resampled. */
export interface Sampling {
  readonly interpolation: Interpolation;
  /** Stretch the filter when shrinking, so that every pixel of the source takes part. `nearest` never does. */
  readonly antialias: boolean;
}

/** The bilinear kernel, 0 from distance 1 on. */
export function triangle(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance));
}

/** Keys' cubic convolution kernel with slope `a` at distance 1, 0 from distance 2 on. */
export function cubic(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}
