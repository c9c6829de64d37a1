/**
 * Two-sided tail probability P(|T| >= t) of Student's t distribution with a whole number of degrees of freedom, by the
 * finite trigonometric series.
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4
 */
export function studentTail(t: number, freedom: number): number {
  const angle = Math.atan2(Math.abs(t), Math.sqrt(freedom));
  const isOdd = freedom % 2 === 1;
  const cosine = Math.cos(angle);
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  const inside = isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return Math.max(0, 1 - inside);
}

/** The t that |T| exceeds with probability 1 - `level`, by bisection. `level` is above 0 and below 1. */
export function studentQuantile(level: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (studentTail(high, freedom) > 1 - level) high *= 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, freedom) > 1 - level) low = middle;
    else high = middle;
  }
  return high;
}
