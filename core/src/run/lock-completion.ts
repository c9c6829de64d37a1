import { completeFingerprints, type NamedSets } from './data-fingerprints.js';
import type { RunDirectory } from './run-directory.js';

/** Adds the full fingerprints of large data to a run's lock while the run trains, from the first step on. */
export class LockCompletion {
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal;
  #work: Promise<void> | undefined;

  /** @param signal interrupts the training, and this work with it */
  constructor(
    private readonly run: RunDirectory,
    private readonly sets: NamedSets,
    signal: AbortSignal,
  ) {
    this.#signal = AbortSignal.any([signal, this.#controller.signal]);
  }

  /** Starts the work, once. */
  start(): void {
    this.#work ??= this.#complete();
  }

  /** Waits until the lock is complete, or the work was interrupted. */
  async settle(): Promise<void> {
    await this.#work;
  }

  /** Stops the work. When the run is resumed, it starts again. */
  stop(): void {
    this.#controller.abort();
  }

  async #complete(): Promise<void> {
    const signal = this.#signal;
    try {
      const lock = await this.run.lock();
      if (Object.values(lock.data).every(({ sha256 }) => sha256 !== undefined)) return;
      const data = await completeFingerprints(this.sets, lock.data, signal);
      await this.run.writeLock({ ...lock, data });
    } catch (error) {
      if (signal.aborted) return;
      await this.run.log(`The lock has no full fingerprint of the data: ${(error as Error).message}`).catch(() => {});
    }
  }
}
