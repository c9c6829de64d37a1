import type { Random } from '../contracts/random.js';

/** A stream that records its draws, so that they can be repeated. */
export interface RecordedRandom {
  readonly random: Random;
  /** A stream of the same draws from the beginning. */
  again(): Random;
}

export function recorded(source: Random): RecordedRandom {
  const drawn: unknown[] = [];
  const noting = <T>(value: T): T => {
    drawn.push(value);
    return value;
  };
  const again = (): Random => {
    let place = 0;
    const next = <T>(): T => drawn[place++] as T;
    return { uniform: next, integer: next, range: next, chance: next, normal: next, permutation: next };
  };
  return {
    random: {
      uniform: () => noting(source.uniform()),
      integer: n => noting(source.integer(n)),
      range: (low, high) => noting(source.range(low, high)),
      chance: probability => noting(source.chance(probability)),
      normal: () => noting(source.normal()),
      permutation: n => noting(source.permutation(n)),
    },
    again,
  };
}
