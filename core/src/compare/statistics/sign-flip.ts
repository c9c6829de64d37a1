/** Above this number of differences not all signs are tried. */
const MOST_EXACT = 20;

/**
 * Two-sided permutation test of whether the mean of `differences` is 0: the share of sign changes whose mean is as
 * far to one side as that observed, doubled. All 2^n signs are tried for up to 20 differences. It assumes only that
 * differences are symmetric around 0 if there is no effect.
 * @returns p, or undefined for more than 20 differences
 */
export function signFlip(differences: readonly number[]): number | undefined {
  const n = differences.length;
  if (n > MOST_EXACT) return undefined;
  const observed = differences.reduce((sum, value) => sum + value, 0);
  const slack = 1e-12 * differences.reduce((sum, value) => sum + Math.abs(value), 0);
  let [above, below] = [0, 0];
  for (let signs = 0; signs < 2 ** n; signs++) {
    const sum = differences.reduce((total, value, i) => total + ((signs >> i) & 1 ? -value : value), 0);
    if (sum >= observed - slack) above++;
    if (sum <= observed + slack) below++;
  }
  return Math.min(1, (2 * Math.min(above, below)) / 2 ** n);
}
