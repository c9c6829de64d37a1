import type { Native, Scratch } from './native.js';

/** Batched product: a [batchA,m,k] (or [batchA,k,m] transposed), b likewise, out [batch,m,n]. A batch of one serves all. */
export interface Product {
  readonly batch: number;
  readonly batchA: number;
  readonly batchB: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Byte offsets of the operands. */
export interface ProductOffsets {
  readonly a: number;
  readonly b: number;
  readonly out: number;
}

/**
 * Matrix products as the one form the compiled kernel is fast for: one matrix at a time, nothing transposed. Its own
 * way with transposed or batched operands is a plain loop, fifteen times slower.
 */
export function multiply(native: Native, product: Product, at: ProductOffsets): void {
  const { batchA, batchB, m, k, n } = product;
  // [batch,m,k] [k,n] is one product of batch * m rows.
  if (batchB === 1 && !product.transposeA && batchA > 1) {
    multiply(native, { ...product, batch: 1, batchA: 1, m: m * batchA }, at);
    return;
  }
  native.scratch(scratch => {
    const a = product.transposeA ? transposed({ native, scratch }, at.a, [batchA, k, m]) : at.a;
    const b = product.transposeB ? transposed({ native, scratch }, at.b, [batchB, n, k]) : at.b;
    const shared = batchB === 1 ? scratch.operand(b, k * n) : undefined;
    for (let i = 0; i < product.batch; i++) {
      const left = scratch.operand(a + 4 * (i % batchA) * m * k, m * k);
      const right = shared ?? scratch.operand(b + 4 * (i % batchB) * k * n, k * n);
      native.multiply({ a: left, b: right, out: scratch.operand(at.out + 4 * i * m * n, m * n) }, [m, k, n]);
    }
  });
}

/** [batch,rows,columns] -> [batch,columns,rows], at a new offset. */
function transposed(
  { native, scratch }: { native: Native; scratch: Scratch },
  offset: number,
  [batch, rows, columns]: readonly [number, number, number],
): number {
  const size = rows * columns;
  const target = scratch.allocate(batch * size);
  for (let i = 0; i < batch; i++)
    transpose(native.floats(offset + 4 * i * size, size), native.floats(target + 4 * i * size, size), columns);
  return target;
}

const TILE = 16;

/** Rows of `columns` values -> columns, tile by tile so that both sides stay in the cache. */
function transpose(from: Float32Array, to: Float32Array, columns: number): void {
  const rows = from.length / columns;
  for (let top = 0; top < rows; top += TILE)
    for (let left = 0; left < columns; left += TILE) {
      const bottom = Math.min(top + TILE, rows);
      const right = Math.min(left + TILE, columns);
      for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) to[j * rows + i] = from[i * columns + j];
    }
}
