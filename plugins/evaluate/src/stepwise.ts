/** A computation in steps: yields between them and returns the result. */
export type Stepwise<T> = Generator<undefined, T, undefined>;

/** The result of a computation, which may be one in steps. */
export function* resultOf<T extends object>(work: T | Stepwise<T>): Stepwise<T> {
  return 'next' in work ? yield* work : work;
}

/** Runs a computation to the end. */
export function atOnce<T>(work: Stepwise<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Runs a computation and calls `after` after each step, with the number of completed steps; its error ends the computation. */
export async function stepByStep<T>(work: Stepwise<T>, after: (pieces: number) => Promise<void>): Promise<T> {
  try {
    for (let pieces = 1; ; pieces++) {
      const { done, value } = work.next();
      if (done) return value;
      await after(pieces);
    }
  } catch (error) {
    // Lets the computation free its tensors.
    work.return(undefined as T);
    throw error;
  }
}
