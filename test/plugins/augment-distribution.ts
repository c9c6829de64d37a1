/** Number of draws in tests of a distribution. */
export const SAMPLES = 4000;

/** Kolmogorov distance of values in [0, 1] from the uniform distribution. */
export function distanceFromUniform(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.reduce((largest, value, i) => {
    return Math.max(largest, Math.abs(value - i / sorted.length), Math.abs(value - (i + 1) / sorted.length));
  }, 0);
}

/** Distance that uniform samples exceed with probability 0.001. */
export function criticalDistance(samples: number): number {
  return 1.95 / Math.sqrt(samples);
}
