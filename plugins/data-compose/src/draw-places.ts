import { CarlError, counted, type ImageSet, type Random } from '@carl-ssl/core';

/** Number of images to draw; one of the three is set. */
export interface Amount {
  readonly fraction?: number;
  readonly perClass?: number;
  readonly count?: number;
}

/** Draws images, in ascending order. @throws CarlError INPUT_DATA if there are too few, or labels are needed and missing */
export function drawPlaces(
  { length, labels, classes, multiLabels }: ImageSet,
  amount: Amount,
  random: Random,
): Int32Array {
  const { fraction, perClass, count } = amount;
  const order = random.permutation(length);
  if (count !== undefined) {
    if (count > length)
      throw new CarlError('INPUT_DATA', `\`count\` is ${count}, and the number of images is ${length}. Lower it.`);
    return Int32Array.from(order.slice(0, count)).sort();
  }
  if (!labels) {
    if (perClass !== undefined)
      throw new CarlError(
        'INPUT_DATA',
        `\`perClass\` needs one label for each image, and the images have ${multiLabels ? 'several' : 'none'}. Use \`count\` or \`fraction\`.`,
      );
    return Int32Array.from(order.slice(0, Math.round(length * fraction!))).sort();
  }
  const groups = new Map<number, number[]>();
  for (const place of order) groups.set(labels[place], [...(groups.get(labels[place]) ?? []), place]);
  const drawn = [...groups].flatMap(([label, places]) => {
    const wanted = perClass ?? Math.round(places.length * fraction!);
    if (wanted <= places.length) return places.slice(0, wanted);
    const name = classes?.[label] ?? label;
    throw new CarlError(
      'INPUT_DATA',
      `\`perClass\` is ${wanted}, and class ${name} has ${counted(places.length, 'image')}. Lower it.`,
    );
  });
  return Int32Array.from(drawn).sort();
}
