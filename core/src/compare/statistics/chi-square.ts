/**
 * Upper tail probability P(X >= x) of the chi-square distribution with a whole number of degrees of freedom, by its
 * recurrence over degrees of freedom.
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 26.4.4, 26.4.5 and 26.4.8
 */
export function chiSquareTail(x: number, freedom: number): number {
  if (x <= 0) return 1;
  const isOdd = freedom % 2 === 1;
  let tail = isOdd ? complementaryError(Math.sqrt(x / 2)) : Math.exp(-x / 2);
  let term = isOdd ? Math.sqrt((2 * x) / Math.PI) * Math.exp(-x / 2) : (x / 2) * Math.exp(-x / 2);
  for (let k = isOdd ? 1 : 2; k < freedom; k += 2) {
    tail += term;
    term *= x / (k + 2);
  }
  return Math.min(1, tail);
}

/** erfc(z) for z >= 0: the power series of erf near 0, else the continued fraction (ibid., 7.1.6 and 7.1.14). */
function complementaryError(z: number): number {
  if (z < 2.5) {
    let term = z;
    let sum = z;
    for (let n = 1; n < 80; n++) {
      term *= (2 * z * z) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
  }
  let fraction = z;
  for (let n = 80; n >= 1; n--) fraction = z + n / 2 / fraction;
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / fraction;
}
