import type { Largest } from './largest.js';

/** Settings of the vote of the nearest neighbours. */
export interface Voting {
  /** Number of neighbours. */
  readonly k: number;
  readonly temperature: number;
  readonly classes: number;
}

/**
 * The class with the most votes: every neighbour votes for its label with exp(similarity / temperature). Of classes with
 * equal votes, the first.
 */
export function vote(nearest: Largest, labels: Int32Array, { temperature, classes }: Voting): number {
  const votes = new Float64Array(classes);
  // All votes are divided by the strongest one, which does not change the winner and avoids overflow at low temperatures.
  nearest.indices.forEach((index, rank) => {
    votes[labels[index]] += Math.exp((nearest.values[rank] - nearest.values[0]) / temperature);
  });
  return votes.indexOf(Math.max(...votes));
}
