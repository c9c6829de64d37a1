import { CarlError, subset, warnLeftOut, type ImageSet, type LeftOutFile } from '@carl-ssl/core';

/**
 * Reads all images once and returns a set without those that cannot be decoded; they are in `leftOut`, with a warning.
 * @param nameOf name of an image in that list
 * @throws CarlError INPUT_DATA if none can be decoded
 */
export async function withoutDamaged(
  images: ImageSet,
  folder: string,
  nameOf: (index: number) => string,
): Promise<ImageSet> {
  const kept: number[] = [];
  const damaged: LeftOutFile[] = [];
  for (let index = 0; index < images.length; index++) {
    const detail = await problemOf(images, index);
    if (detail === undefined) kept.push(index);
    else damaged.push({ file: nameOf(index), reason: 'cannot be decoded', detail });
  }
  if (damaged.length === 0) return images;
  if (kept.length === 0)
    throw new CarlError(
      'INPUT_DATA',
      `None of the ${damaged.length} images in ${folder} can be decoded. The first: ${damaged[0].detail ?? ''}`,
    );
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
