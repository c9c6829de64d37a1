/** Values of one message. The type and the length are the same on all workers. */
export type Vector = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Messages between the workers, by MPI. Every call but `startMean` blocks until all workers have made it, and throws MPI's error. */
export interface Messages {
  readonly rank: number;
  readonly size: number;
  /** Whether means that were started are computed meanwhile. */
  readonly overlaps: boolean;
  /** Element-wise sum over all workers, in place. */
  sum(values: Vector): void;
  /** Element-wise mean over all workers, in place. */
  mean(values: Float32Array): void;
  /** Does so later; the caller holds the values, and leaves them as they are, until {@link finishMeans}. */
  startMean(values: Float32Array): void;
  /** Waits for all means that were started, and throws the error of the first one that failed. */
  finishMeans(): void;
  /** The values of all workers in order of rank, [n] -> [size * n]. */
  gather(own: Vector, all: Vector): void;
  /** The values of worker `root`, in place. */
  broadcast(values: Vector, root: number): void;
  barrier(): void;
  /** Ends MPI; nothing can be exchanged afterwards. */
  close(): void;
  /** Sets the text that ends the message about a silent worker: how to continue. */
  advise(text: string): void;
  /** Ends all workers at once with an exit status; does not return. */
  abort(status: number): void;
}
