/**
 * Where a curve ends. inclusive: its last step has the end value (lightly). exclusive: the step after its last one would
 * have it (SwAV, DINO, CARP, BYOL).
 */
export type Convention = 'inclusive' | 'exclusive';

export interface CosineCurve {
  readonly start: number;
  readonly end: number;
  /** Number of steps on the curve. */
  readonly steps: number;
  readonly convention: Convention;
}

/** Half a cosine wave from start to end, at step 0 to steps - 1. A curve of one inclusive step is its end. */
export function cosineAt(step: number, { start, end, steps, convention }: CosineCurve): number {
  const length = convention === 'inclusive' ? steps - 1 : steps;
  const share = length > 0 ? step / length : 1;
  return end + ((start - end) * (1 + Math.cos(Math.PI * share))) / 2;
}

/**
 * A straight line over the warm-up's steps, which ends at `to`. inclusive: its first step is one step above `from`.
 * exclusive: its first step is at `from`.
 */
export function warmupAt(
  step: number,
  line: { readonly from: number; readonly to: number; readonly steps: number; readonly convention: Convention },
): number {
  const { from, to, steps, convention } = line;
  if (convention === 'inclusive') return from + ((to - from) * (step + 1)) / steps;
  return steps > 1 ? from + ((to - from) * step) / (steps - 1) : from;
}
