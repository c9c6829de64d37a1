/** Computes a value at the first call and returns it at every later one. */
export function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => (result ??= { value: compute() }).value;
}

/** Computes a value until it succeeds and returns it at every later call. Calls during a computation wait for it. */
export function onceFulfilled<T>(compute: (signal?: AbortSignal) => Promise<T>): (signal?: AbortSignal) => Promise<T> {
  let result: Promise<T> | undefined;
  return signal =>
    (result ??= compute(signal).catch((error: unknown) => {
      result = undefined;
      throw error;
    }));
}
