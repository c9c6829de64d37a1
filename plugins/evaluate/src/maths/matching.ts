import type { Stepwise } from '../stepwise.js';

/** Profits [rows, columns]. */
export interface Profits {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The largest total of a one-to-one matching of rows to columns; if there are more rows than columns or the reverse,
 * the rest stays unmatched. Hungarian method with potentials: one shortest augmenting path for every row, O(rows^2 *
 * columns).
 * Yields after each row.
 * @see Kuhn 1955; Jonker, Volgenant 1987
 */
export function* bestMatchingSteps(profits: Profits): Stepwise<number> {
  const { data, rows, columns } = profits.rows <= profits.columns ? profits : transposed(profits);
  const matching = new Matching(
    data.map(profit => -profit),
    rows,
    columns,
  );
  for (let row = 0; row < rows; row++) {
    matching.add(row);
    yield;
  }
  return matching.rowOf.reduce((sum, row, column) => sum + (row < 0 ? 0 : data[row * columns + column]), 0);
}

function transposed({ data, rows, columns }: Profits): Profits {
  const turned = data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
  return { data: turned, rows: columns, columns: rows };
}

/** A cheapest matching of the rows added so far. `cost - rowPrice - columnPrice` is never negative, and 0 for matched pairs. */
class Matching {
  /** Row of every column, or -1. */
  readonly rowOf: Int32Array;
  private readonly rowPrice: Float64Array;
  private readonly columnPrice: Float64Array;

  constructor(
    private readonly costs: Float64Array,
    rows: number,
    private readonly columns: number,
  ) {
    this.rowOf = new Int32Array(columns).fill(-1);
    this.rowPrice = new Float64Array(rows);
    this.columnPrice = new Float64Array(columns);
  }

  /** Matches one more row, rearranging others along the cheapest path to a free column. */
  add(added: number): void {
    const distance = new Float64Array(this.columns).fill(Infinity);
    const before = new Int32Array(this.columns).fill(-1);
    const reached: number[] = [];
    const open = new Set(distance.keys());
    let row = added;
    let column = -1;
    let length = 0;
    while (row >= 0) {
      for (const other of open) {
        const detour = length + this.reduced(row, other);
        if (detour < distance[other]) {
          distance[other] = detour;
          before[other] = column;
        }
      }
      column = nearest(open, distance);
      length = distance[column];
      open.delete(column);
      reached.push(column);
      row = this.rowOf[column];
    }
    this.reprice(added, reached, distance);
    this.shift(added, column, before);
  }

  private reduced(row: number, column: number): number {
    return this.costs[row * this.columns + column] - this.rowPrice[row] - this.columnPrice[column];
  }

  /** Updates the prices so that the pairs of the path have reduced cost 0. The last column reached is the free one. */
  private reprice(added: number, reached: readonly number[], distance: Float64Array): void {
    const length = distance[reached[reached.length - 1]];
    this.rowPrice[added] += length;
    for (const column of reached.slice(0, -1)) {
      this.rowPrice[this.rowOf[column]] += length - distance[column];
      this.columnPrice[column] -= length - distance[column];
    }
  }

  /** Assigns to every column of the path the row of the previous column, and to the first one the added row. */
  private shift(added: number, last: number, before: Int32Array): void {
    let column = last;
    for (; before[column] >= 0; column = before[column]) this.rowOf[column] = this.rowOf[before[column]];
    this.rowOf[column] = added;
  }
}

function nearest(open: ReadonlySet<number>, distance: Float64Array): number {
  let best = -1;
  for (const column of open) if (best < 0 || distance[column] < distance[best]) best = column;
  return best;
}
