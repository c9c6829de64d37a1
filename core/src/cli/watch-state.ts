/** Places in the memory that the main thread shares with the watchdog. */
export const PLACES = {
  /** Number of the tracked call that runs, from 1; 0 for none. */
  call: 0,
  /** Counts starts and ends of tracked calls. */
  turn: 1,
  /** Step of the training, from 1; 0 outside of a training. */
  step: 2,
  /** Seconds that the running call may take before it is reported. */
  allowed: 3,
  /** Signals that the main thread has handled. */
  handled: 4,
} as const;

/** Messages to the watchdog's thread. */
export type WatchMessage =
  /** A call with a limit, in milliseconds. */
  | { readonly kind: 'limit'; readonly id: number; readonly limit: number; readonly message: string }
  /** The end of a call with a limit. */
  | { readonly kind: 'end'; readonly id: number }
  /** The name of a tracked call. */
  | { readonly kind: 'name'; readonly number: number; readonly name: string }
  /** Whether the process ends after two signals that the main thread cannot handle. */
  | { readonly kind: 'signals'; readonly awaited: boolean };

/** Description of the symbol under which the thread finds the function of `process` that ends it. */
export const END = 'carl-ssl.end';
