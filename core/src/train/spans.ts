/** Measures the time of work, or only does it. */
export interface Spans {
  /** The result of `work`, whose time is recorded under the name; of a promise, the time until it is settled. */
  span<T>(name: string, work: () => T): T;
}

/** Records nothing. */
export const untimed: Spans = { span: (_name, work) => work() };
