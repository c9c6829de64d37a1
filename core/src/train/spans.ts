/** Times what is done, or only does it. */
export interface Spans {
  /** The result of `work`, whose time is noted under the name; of a promise, the time until it is settled. */
  span<T>(name: string, work: () => T): T;
}

/** Notes nothing. */
export const untimed: Spans = { span: (_name, work) => work() };
