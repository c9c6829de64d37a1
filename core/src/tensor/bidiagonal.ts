/** An upper bidiagonal matrix. */
export interface Bidiagonal {
  /** [n]. */
  readonly diagonal: Float64Array;
  /** [n - 1], above the diagonal. */
  readonly above: Float64Array;
}

/** Squared lengths below it are rounding errors where the largest values are about 1. */
export const NEGLIGIBLE = 1e-280;

/** A bidiagonal matrix with the singular values of a square one [n, n], by Householder reflections. */
export function bidiagonal(square: Float64Array, n: number): Bidiagonal {
  const rows = Float64Array.from(square);
  const [diagonal, above] = [new Float64Array(n), new Float64Array(Math.max(0, n - 1))];
  for (let k = 0; k < n; k++) {
    diagonal[k] = clearColumn(rows, n, k);
    if (k + 1 < n) above[k] = clearRow(rows, n, k);
  }
  return { diagonal, above };
}

/** Mirrors rows k.. so that column k becomes zero below the diagonal. Returns its value on the diagonal. */
function clearColumn(rows: Float64Array, n: number, k: number): number {
  const vector = new Float64Array(n - k);
  for (let i = k; i < n; i++) vector[i - k] = rows[i * n + k];
  const mirror = reflection(vector);
  if (!mirror) return vector[0];
  const sums = new Float64Array(n);
  for (let i = k; i < n; i++) {
    const factor = vector[i - k] * mirror.scale;
    for (let j = k + 1; j < n; j++) sums[j] += factor * rows[i * n + j];
  }
  for (let i = k; i < n; i++) {
    const factor = vector[i - k];
    for (let j = k + 1; j < n; j++) rows[i * n + j] -= factor * sums[j];
  }
  return mirror.value;
}

/** Mirrors columns k + 1.. so that row k becomes zero right of the first of these. Returns its value there. */
function clearRow(rows: Float64Array, n: number, k: number): number {
  const vector = rows.slice(k * n + k + 1, (k + 1) * n);
  const mirror = reflection(vector);
  if (!mirror) return vector[0];
  for (let i = k + 1; i < n; i++) {
    const start = i * n + k + 1;
    let sum = 0;
    for (let j = 0; j < vector.length; j++) sum += rows[start + j] * vector[j];
    for (let j = 0; j < vector.length; j++) rows[start + j] -= mirror.scale * sum * vector[j];
  }
  return mirror.value;
}

/**
 * Turns the vector into the normal of a mirror, x -> x - scale <x, v> v, that leaves only its first entry, `value`.
 * Undefined if the rest is zero already.
 */
function reflection(vector: Float64Array): { readonly scale: number; readonly value: number } | undefined {
  let rest = 0;
  for (let i = 1; i < vector.length; i++) rest += vector[i] * vector[i];
  if (rest < NEGLIGIBLE) return undefined;
  const [first] = vector;
  const length = Math.sqrt(first * first + rest);
  vector[0] = first > 0 ? first + length : first - length;
  return { scale: 2 / (vector[0] * vector[0] + rest), value: first > 0 ? -length : length };
}

/**
 * The singular values, largest first, by bisection: exact to a rounding of the largest, in a bounded number of steps
 * whatever the matrix. They are the positive eigenvalues of the tridiagonal matrix with a zero diagonal and d1, e1, d2, e2,
 * ... beside it.
 * @see Golub, Van Loan, Matrix Computations, 8.4 and 8.6.2
 */
export function bidiagonalSingularValues({ diagonal, above }: Bidiagonal): Float64Array {
  const n = diagonal.length;
  const beside = new Float64Array(2 * n - 1);
  diagonal.forEach((value, i) => (beside[2 * i] = Math.abs(value)));
  above.forEach((value, i) => (beside[2 * i + 1] = Math.abs(value)));
  const bound = beside.reduce((most, value, i) => Math.max(most, value + (beside[i + 1] ?? 0)), 0) * (1 + 2 ** -40);
  const squares = beside.map(value => value * value);
  const found = new Float64Array(n);
  const open = [{ low: 0, high: bound, below: 0, upTo: n }];
  for (let range = open.pop(); range; range = open.pop()) {
    const { low, high, below, upTo } = range;
    if (upTo <= below) continue;
    const middle = low + (high - low) / 2;
    if (high - low <= bound * 2 ** -53 || middle <= low || middle >= high) found.fill(middle, n - upTo, n - below);
    else {
      const count = Math.min(upTo, Math.max(below, countBelow(squares, middle)));
      open.push({ low, high: middle, below, upTo: count }, { low: middle, high, below: count, upTo });
    }
  }
  return found;
}

/** Singular values below x > 0: a Sturm count of the tridiagonal matrix, less its n negative eigenvalues. */
function countBelow(squares: Float64Array, x: number): number {
  let pivot = -x;
  let negative = 1;
  for (const square of squares) {
    if (Math.abs(pivot) < NEGLIGIBLE) pivot = -NEGLIGIBLE;
    pivot = -x - square / pivot;
    if (pivot < 0) negative++;
  }
  return negative - (squares.length + 1) / 2;
}
