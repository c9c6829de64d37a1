import type { Largest } from './largest.js';

/** How the nearest neighbours decide. */
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
  // All votes are divided by the strongest one, which changes no winner and keeps low temperatures from overflowing.
  nearest.indices.forEach((index, rank) => {
    votes[labels[index]] += Math.exp((nearest.values[rank] - nearest.values[0]) / temperature);
  });
  return votes.indexOf(Math.max(...votes));
}
