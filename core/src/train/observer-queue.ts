type Call = () => unknown;

/** Limits of an observer. */
export interface QueueLimits {
  /** Number of undelivered events at which the sender waits. */
  readonly capacity: number;
  /** Milliseconds that the sender waits for space before it switches the observer off. */
  readonly patience: number;
}

/**
 * Events for one observer. An event is delivered at once if the queue is idle, otherwise after all earlier events. The
 * first error, or a wait longer than `patience`, closes the queue.
 */
export class ObserverQueue {
  readonly #waiting: Call[] = [];
  #isBusy = false;
  #isOff = false;
  /** Callers that wait for a change. */
  readonly #waiters = new Set<() => void>();

  constructor(
    private readonly limits: QueueLimits,
    private readonly onFailure: (reason: unknown) => void,
  ) {}

  /** Takes an event. The promise is pending only while the queue is full. */
  async push(call: Call): Promise<void> {
    if (this.#isOff) return;
    this.#waiting.push(call);
    if (!this.#isBusy) void this.#deliver();
    await this.#until(() => this.#waiting.length < this.limits.capacity);
  }

  /** Delivers all events, then this one. */
  async finish(call: Call): Promise<void> {
    await this.push(call);
    await this.#until(() => !this.#isBusy);
    this.#isOff = true;
  }

  /** Closes the queue for good; only the first reason counts. */
  fail(reason: unknown): void {
    if (this.#isOff) return;
    this.#isOff = true;
    this.#waiting.length = 0;
    this.#wake();
    this.onFailure(reason);
  }

  /** The first event of an idle queue is delivered before this returns. */
  async #deliver(): Promise<void> {
    this.#isBusy = true;
    try {
      for (let call = this.#waiting.shift(); call; call = this.#waiting.shift()) {
        const done = call();
        if (done instanceof Promise) await done;
        this.#wake();
      }
    } catch (error) {
      this.fail(error);
    }
    this.#isBusy = false;
    this.#wake();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!this.#isOff && !holds()) {
      const isLate = await this.#change();
      if (isLate) this.fail(new Error(`it accepted no event for ${this.limits.patience / 1000} s`));
    }
  }

  /** Waits for the next change; true if there was none within the patience. */
  #change(): Promise<boolean> {
    return new Promise(resolve => {
      const timer = setTimeout(() => resolve(true), this.limits.patience);
      this.#waiters.add(() => {
        clearTimeout(timer);
        resolve(false);
      });
    });
  }

  #wake(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    waiters.forEach(wake => wake());
  }
}
