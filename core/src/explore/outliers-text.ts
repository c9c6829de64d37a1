import { counted } from '../text/counted.js';
import { columns } from '../text/tables.js';
import { titleOf } from './named-image.js';
import type { Outliers } from './outliers.js';

/** Groups and images of each that are printed. */
const SHOWN_GROUPS = 20;
const SHOWN_IMAGES = 5;

/** Fraction of images in groups above which the threshold, or the encoder, is the likely cause. */
const MANY = 0.5;

/** Outliers and near duplicates for the terminal. */
export function outliersText(found: Outliers): string {
  const { images, k, outliers, medianCosine } = found;
  const rows = outliers.map(one => [
    one.distance.toFixed(4),
    titleOf(one),
    `nearest: ${titleOf(one.nearest)} (${one.nearest.cosine.toFixed(4)})`,
  ]);
  const advice = outlierAdvice(found);
  return [
    `${counted(images, 'image')}; median cosine to the nearest image ${medianCosine.toFixed(4)}`,
    '',
    `outliers, by 1 - cosine to neighbour number ${k}:`,
    columns(rows),
    '',
    ...groupLines(found),
    ...(advice === undefined ? [] : ['', advice]),
  ].join('\n');
}

function groupLines({ duplicates, threshold }: Outliers): readonly string[] {
  if (duplicates.length === 0) return [`near duplicates: no two images have a cosine above ${threshold}`];
  const lines = duplicates.slice(0, SHOWN_GROUPS).map(group => {
    const names = group.slice(0, SHOWN_IMAGES).map(titleOf).join(' | ');
    const left = group.length - SHOWN_IMAGES;
    return `${group.length}: ${names}${left > 0 ? ` and ${left} more` : ''}`;
  });
  const left = duplicates.length - SHOWN_GROUPS;
  return [
    `near duplicates, ${counted(duplicates.length, 'group')} linked by cosines above ${threshold}:`,
    ...lines,
    ...(left > 0 ? [`and ${counted(left, 'more group')}; --format json has all`] : []),
  ];
}

/** Advice where most images are near duplicates, which says more about the encoder than about the images. */
export function outlierAdvice({ images, duplicates, threshold }: Outliers): string | undefined {
  const inGroups = duplicates.reduce((sum, group) => sum + group.length, 0);
  if (inGroups <= MANY * images) return undefined;
  return (
    `${inGroups} of ${images} images are in groups of near duplicates. Encoders differ in the cosines of different images: ` +
    `set --threshold between ${threshold} and 1. If the groups stay, the features have collapsed.`
  );
}
