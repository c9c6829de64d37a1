import { CarlError, subset, warnLeftOut, type ImageSet, type LeftOutFile } from '@carl-ssl/core';
import { checkSkipped } from './skip-limit.js';

/**
 * Reads all images once and returns a set without those that cannot be decoded; they are in `leftOut`, with a warning.
 * @param options `nameOf`: name of an image in that list; `maxSkipped`: largest share of the images that may be left out
 * @throws CarlError INPUT_DATA if too many cannot be decoded
 */
export async function withoutDamaged(
  images: ImageSet,
  folder: string,
  { nameOf, maxSkipped }: { readonly nameOf: (index: number) => string; readonly maxSkipped: number },
): Promise<ImageSet> {
  const kept: number[] = [];
  const damaged: LeftOutFile[] = [];
  for (let index = 0; index < images.length; index++) {
    const detail = await problemOf(images, index);
    if (detail === undefined) kept.push(index);
    else damaged.push({ file: nameOf(index), reason: 'cannot be decoded', detail });
  }
  if (damaged.length === 0) return images;
  checkSkipped(folder, damaged, { images: images.length, maxSkipped });
  const leftOut = [...(images.leftOut ?? []), ...damaged];
  warnLeftOut(folder, leftOut, kept.length);
  return subset(images, Int32Array.from(kept), leftOut);
}

async function problemOf(images: ImageSet, index: number): Promise<string | undefined> {
  try {
    await images.read([index]);
    return undefined;
  } catch (error) {
    if (!CarlError.is(error) || error.code !== 'INPUT_DATA') throw error;
    const { cause, message } = error as Error;
    return cause instanceof Error ? cause.message.trim() : message;
  }
}
