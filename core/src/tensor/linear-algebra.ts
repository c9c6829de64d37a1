import { NEGLIGIBLE, bidiagonal, bidiagonalSingularValues } from './bidiagonal.js';

/** A matrix on the host, [rows, columns], row by row. */
export interface HostMatrix {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/**
 * RankMe, the effective rank of features [N, D]: exp of the entropy of the singular values' shares, a number between 1 and
 * min(N, D). `epsilon` is added to every share, so that zeros count for almost nothing. Features that are all zero have no
 * direction at all: 0.
 * @see arXiv 2210.02885, equations 1 and 2
 */
export function rankMe(features: HostMatrix, epsilon: number): number {
  const values = singularValues(features);
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  const shares = values.map(value => value / total + epsilon);
  return Math.exp(-shares.reduce((sum, share) => sum + share * Math.log(share), 0));
}

/**
 * The min(N, D) singular values of [N, D], largest first, in float64. Not from the Gram matrix: that would square the
 * condition number and turn the zeros of low-rank features into 1e-8 of the largest value. NaN or infinity in, NaN out.
 * The number of operations depends on the shape only, so equal rows and zeros take no longer.
 */
export function singularValues(matrix: HostMatrix): Float64Array {
  const count = Math.min(matrix.rows, matrix.columns);
  let largest = 0;
  for (let i = 0; i < matrix.data.length; i++) {
    if (!Number.isFinite(matrix.data[i])) return new Float64Array(count).fill(NaN);
    largest = Math.max(largest, Math.abs(matrix.data[i]));
  }
  if (largest === 0) return new Float64Array(count);
  const square = triangle(tall(matrix), largest);
  return bidiagonalSingularValues(bidiagonal(square, count)).map(value => value * largest);
}

/** A matrix whose entry at row i and column j is at i * rowStride + j * columnStride. */
interface Strided extends HostMatrix {
  readonly rowStride: number;
  readonly columnStride: number;
}

/** The matrix, or its transpose if that has more rows. */
function tall({ data, rows, columns }: HostMatrix): Strided {
  if (rows >= columns) return { data, rows, columns, rowStride: columns, columnStride: 1 };
  return { data, rows: columns, columns: rows, rowStride: 1, columnStride: columns };
}

/**
 * R [D, D] of a QR decomposition of a tall [N, D] over `unit`, which has the same singular values. D rows at a time are put
 * below the triangle so far and reduced to a triangle again, so the working memory is 2 D^2 numbers however many rows there
 * are.
 */
function triangle({ data, rows, columns, rowStride, columnStride }: Strided, unit: number): Float64Array {
  const height = 2 * columns;
  // Column by column, so that the inner loops walk through memory in order.
  const stack = new Float64Array(columns * height);
  for (let start = 0; start < rows; start += columns) {
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < columns; i++) {
        const value = start + i < rows ? data[(start + i) * rowStride + column * columnStride] : 0;
        stack[column * height + columns + i] = value / unit;
      }
    }
    for (let column = 0; column < columns; column++) reflect(stack, height, column);
  }
  return topRows(stack, columns);
}

/**
 * One Householder step: mirrors the columns from `column` on so that this one becomes zero below the diagonal. What is
 * below the diagonal inside the old triangle is zero already, so only the diagonal and the new rows take part.
 */
function reflect(stack: Float64Array, height: number, column: number): void {
  const columns = height / 2;
  const pivot = column * height + column;
  const below = stack.subarray(column * height + columns, (column + 1) * height);
  const squares = dot(below, below);
  if (squares < NEGLIGIBLE) return;
  const diagonal = stack[pivot];
  const length = Math.sqrt(diagonal * diagonal + squares);
  const head = diagonal > 0 ? diagonal + length : diagonal - length;
  const scale = 2 / (head * head + squares);
  for (let other = column + 1; other < columns; other++) {
    const target = stack.subarray(other * height + columns, (other + 1) * height);
    const top = other * height + column;
    const factor = scale * (head * stack[top] + dot(below, target));
    stack[top] -= factor * head;
    for (let i = 0; i < columns; i++) target[i] -= factor * below[i];
  }
  stack[pivot] = diagonal > 0 ? -length : length;
  below.fill(0);
}

function topRows(stack: Float64Array, columns: number): Float64Array {
  const height = 2 * columns;
  const upper = new Float64Array(columns * columns);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row <= column; row++) upper[row * columns + column] = stack[column * height + row];
  }
  return upper;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
