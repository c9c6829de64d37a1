import type { ImageSet, SharedImages } from '../contracts/image-set.js';

/**
 * Adds `share` to a set. The method is not enumerable: a copy `{ ...set, read }` with other images does not inherit it,
 * and threads then open the dataset for themselves.
 */
export function shareable(set: ImageSet, share: NonNullable<ImageSet['share']>): ImageSet {
  return Object.defineProperty(set, 'share', { value: share });
}

/** Rebuilds a set from its description, in any thread. */
export async function openShared({ module, content }: SharedImages): Promise<ImageSet> {
  const { fromShared } = (await import(module)) as {
    readonly fromShared: (content: unknown) => ImageSet | Promise<ImageSet>;
  };
  return fromShared(content);
}

/** Moves an array to memory that threads share; returns an array that is there already. */
export function inSharedMemory<A extends Uint8Array | Int32Array>(values: A): A {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const memory = new SharedArrayBuffer(values.byteLength);
  const shared = values instanceof Int32Array ? new Int32Array(memory) : new Uint8Array(memory);
  shared.set(values);
  return shared as A;
}
