/** A computation in pieces: yields between them and returns the result. */
export type Stepwise<T> = Generator<undefined, T, undefined>;

/** The result, computed without a pause. */
export function atOnce<T>(work: Stepwise<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** The result, with a call after each piece, which gets the number of pieces done; its error ends the computation. */
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
