import type { Largest } from './largest.js';

/** Settings of the vote of the nearest neighbours. */
export interface Voting {
  /** Number of neighbours. */
  readonly k: number;
  readonly temperature: number;
}

/**
 * The label with the most votes: every neighbour votes for its own with exp(similarity / temperature). Of labels with equal
 * votes, the smallest. Labels may be any whole numbers.
 */
export function vote(nearest: Largest, labels: Int32Array, { temperature }: Voting): number {
  const votes = new Map<number, number>();
  // All votes are divided by the strongest one, which does not change the winner and avoids overflow at low temperatures.
  nearest.indices.forEach((index, rank) => {
    const weight = Math.exp((nearest.values[rank] - nearest.values[0]) / temperature);
    votes.set(labels[index], (votes.get(labels[index]) ?? 0) + weight);
  });
  const most = Math.max(...votes.values());
  return Math.min(...[...votes].flatMap(([label, sum]) => (sum === most ? [label] : [])));
}
