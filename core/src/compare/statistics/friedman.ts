import { chiSquareTail } from './chi-square.js';

/** Friedman's test of whether methods have the same rank over several datasets. */
export interface Friedman {
  /** Mean rank of each method; 1 is the largest score. Equal scores share the mean of their ranks. */
  readonly meanRanks: readonly number[];
  readonly statistic: number;
  readonly p: number;
}

/** `scores`: one row for each dataset or seed, one column for each method; at least two of both. */
export function friedman(scores: readonly (readonly number[])[]): Friedman {
  const [rows, columns] = [scores.length, scores[0].length];
  const ranks = scores.map(ranksOf);
  const meanRanks = scores[0].map((_, column) => ranks.reduce((sum, row) => sum + row[column], 0) / rows);
  const ties = scores.reduce((sum, row) => sum + tieTerm(row), 0);
  const spread = meanRanks.reduce((sum, rank) => sum + (rank - (columns + 1) / 2) ** 2, 0);
  const correction = 1 - ties / (rows * columns * (columns ** 2 - 1));
  if (correction === 0) return { meanRanks, statistic: 0, p: 1 };
  const statistic = (12 * rows * spread) / (columns * (columns + 1)) / correction;
  return { meanRanks, statistic, p: chiSquareTail(statistic, columns - 1) };
}

function ranksOf(row: readonly number[]): readonly number[] {
  return row.map(value => {
    const larger = row.filter(other => other > value).length;
    const equal = row.filter(other => other === value).length;
    return larger + (equal + 1) / 2;
  });
}

/** Sum of t^3 - t over groups of t equal scores. */
function tieTerm(row: readonly number[]): number {
  return [...new Set(row)]
    .map(value => row.filter(other => other === value).length)
    .reduce((sum, count) => sum + count ** 3 - count, 0);
}
