import { token } from './token.js';

/** A stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1), 24 bits. */
  uniform(): number;
  /** Uniform in [low, high). */
  range(low: number, high: number): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** Normal with mean 0 and deviation 1. */
  normal(): number;
  /** 0..n-1 in random order. */
  permutation(n: number): Int32Array;
}

/**
 * All randomness of a run. A stream is a function of the seed, a purpose and a position, never of what was drawn
 * before: so a resumed run needs no saved generators, and work can be split over workers without changing a number.
 */
export interface Streams {
  /** The stream for a purpose at a position: `at('augment', epoch, sample, view)`. */
  at(purpose: string, ...position: number[]): Random;
}
export const Streams = token<Streams>('Streams');
