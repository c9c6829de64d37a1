import type { Measured, Side } from './sides.js';

/** The runs of both sides, in pairs that followed each other. */
export interface Pair {
  readonly product: Measured;
  readonly peer: Measured;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Runs both sides in turn; who begins changes, so that a machine that gets slower favours neither. */
export async function alternate(
  sides: { readonly product: Side; readonly peer: Side },
  repeats: number,
  told: (pair: Pair, number: number) => void,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i < repeats; i++) {
    const first = i % 2 === 0 ? undefined : await sides.peer();
    const product = await sides.product();
    const pair = { product, peer: first ?? (await sides.peer()) };
    pairs.push(pair);
    told(pair, i + 1);
  }
  return pairs;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** Product over peer, pair by pair, for a figure that both have. */
export function ratios(pairs: readonly Pair[], figure: 'imagesPerSecond' | 'peakMiB'): Spread | undefined {
  const all = pairs.map(({ product, peer }) => (product[figure] ?? NaN) / (peer[figure] ?? NaN));
  return all.every(Number.isFinite) ? spreadOf(all) : undefined;
}
