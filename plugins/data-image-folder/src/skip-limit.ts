import { CarlError, counted, type LeftOutFile } from '@carl-ssl/core';

/**
 * Throws if too many images would be left out: all of them, or a larger share than `maxSkipped`.
 * @throws CarlError INPUT_DATA, naming the folder and the first damaged image
 */
export function checkSkipped(
  folder: string,
  damaged: readonly LeftOutFile[],
  { images, maxSkipped }: { readonly images: number; readonly maxSkipped: number },
): void {
  if (damaged.length === 0) return;
  const first = `The first: ${damaged[0].file}: ${damaged[0].detail ?? ''}`;
  if (damaged.length === images)
    throw new CarlError(
      'INPUT_DATA',
      `${images === 1 ? `The only image in ${folder} cannot` : `None of the ${images} images in ${folder} can`} be decoded. ${first}`,
    );
  const share = damaged.length / images;
  if (share <= maxSkipped) return;
  throw new CarlError(
    'INPUT_DATA',
    `${folder}: ${damaged.length} of ${counted(images, 'image')} cannot be decoded; \`maxSkipped\` allows a share of ${maxSkipped}. ` +
      `Repair or remove them (\`carl data\` lists all), or set \`maxSkipped\` to ${roundedUp(share)}. ${first}`,
  );
}

/** The share with two decimal places, not less. */
const roundedUp = (share: number): number => Math.ceil(100 * share) / 100;
