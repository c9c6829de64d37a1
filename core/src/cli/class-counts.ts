/** A class and the number of its images. */
interface ClassCount {
  readonly name: string;
  readonly images: number;
}

/** `2: cat 10, dog 12`; of more than `listed` classes, the others are summed up. `noun` names the images that are counted. */
export function classCounts(
  classes: readonly ClassCount[],
  { listed, noun }: { readonly listed: number; readonly noun: string },
): string {
  const shown = classes.slice(0, listed).map(({ name, images }) => `${name} ${images.toLocaleString('en-US')}`);
  const rest = classes.length - shown.length;
  const counts = classes.map(({ images }) => images);
  const [least, most] = counts.reduce(([low, high], n) => [Math.min(low, n), Math.max(high, n)], [Infinity, 0]);
  const more = rest > 0 ? `, and ${rest} more; ${least} to ${most} ${noun} each` : '';
  return `${classes.length}: ${shown.join(', ')}${more}`;
}
