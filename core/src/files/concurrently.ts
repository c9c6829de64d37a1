/** Files that are open at one time. */
const AT_ONCE = 8;

/** Maps values to results in their order, a few at a time. Rejects with the first error and starts no more. */
export async function concurrently<T, R>(
  values: readonly T[],
  work: (value: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(values.length);
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < values.length && !failed) {
      const index = next++;
      try {
        results[index] = await work(values[index], index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, values.length) }, worker));
  return results;
}
