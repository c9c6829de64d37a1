import { availableParallelism } from 'node:os';

/** Number of batches to warm up, then to measure. */
const WARM_UP = 2;
const LOOKED_AT = 8;
/** Least fraction of the time that making views must take, and least number of seconds that threads must save. */
const SHARE = 0.02;
const SECONDS = 20;

/** Measures whether threads that make views during the steps save time. */
export class ThreadCount {
  #seen = 0;
  #making = 0;
  #start = 0;

  /**
   * Records a batch that took `making` ms to make. Returns the number of threads to start; undefined while measuring,
   * or if threads would not save enough time.
   */
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

/** Number of threads that make views as fast as the rest of the loop runs; undefined if they would not save enough time. Times in ms. */
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
