import { availableParallelism } from 'node:os';

/** Batches looked at before it is decided; the first ones warm up. */
const WARM_UP = 2;
const LOOKED_AT = 8;
/** Share of the time from which a thread pays at all, and seconds it must save, since starting it takes one or two. */
const SHARE = 0.02;
const SECONDS = 20;

/** Finds out whether making views beside the step pays, from how long both take. */
export class ThreadCount {
  #seen = 0;
  #making = 0;
  #start = 0;

  /** Tells of a batch that took `making` ms to make; returns how many threads are worth it, or undefined for not yet or never. */
  after(making: number, batchesLeft: number): number | undefined {
    this.#seen += 1;
    if (this.#seen <= WARM_UP) {
      this.#start = performance.now();
      return undefined;
    }
    this.#making += making;
    if (this.#seen !== WARM_UP + LOOKED_AT) return undefined;
    return threadsFor(
      { making: this.#making, total: performance.now() - this.#start, batches: LOOKED_AT },
      batchesLeft,
    );
  }
}

/** Threads that keep up with the rest of the loop, or undefined where they would not pay. Times in ms. */
export function threadsFor(
  { making, total, batches }: { readonly making: number; readonly total: number; readonly batches: number },
  batchesLeft: number,
  cores = availableParallelism(),
): number | undefined {
  const saved = ((making / batches) * batchesLeft) / 1000;
  if (making / total < SHARE || saved < SECONDS) return undefined;
  const rest = Math.max(total - making, 1);
  return Math.min(Math.ceil(making / rest), Math.max(1, cores - 1));
}
