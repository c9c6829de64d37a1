import { isAcrossSplits, type DuplicateGroup } from '../../run/duplicate-images.js';
import type { ImageSizes } from '../../run/image-sizes.js';
import type { DataInspection, InspectedSplit } from '../../run/inspect-data.js';
import { counted } from '../../text/counted.js';
import { columns } from '../../text/tables.js';
import { classCounts } from '../class-counts.js';

/** Classes, damaged images and duplicates that are listed. */
const LISTED = 10;

/** The result of an inspection, as text. */
export function inspectionText({ splits, duplicates }: DataInspection): string {
  return [
    ...splits.map(splitText),
    statisticsText(splits),
    duplicatesText(duplicates),
    ...splits.flatMap(damagedText),
  ].join('\n\n');
}

function splitText(split: InspectedSplit): string {
  const rows = [
    [split.split, `${number(split.images)} images, ${counted(split.channels, 'channel')}`],
    ['  sizes', split.sizes ? sizesText(split.sizes) : 'none could be read'],
    ['  classes', classesText(split.classes)],
    ...(split.leftOut.length > 0 ? [['  left out', leftOutText(split)]] : []),
    ['  SHA-256', split.sha256],
  ];
  return columns(rows);
}

function sizesText({ different, common, smallestSide, largestSide }: ImageSizes): string {
  const size = ({ height, width }: ImageSizes['common'][number]): string => `${height}x${width}`;
  if (different === 1) return `all ${size(common[0])} (height x width)`;
  const most = common.map(one => `${size(one)} (${number(one.images)})`).join(', ');
  const more = different > common.length ? `; ${number(different)} different ones` : '';
  return `${most}${more}; sides of ${smallestSide} to ${largestSide} pixels`;
}

function classesText(classes: InspectedSplit['classes']): string {
  if (!classes) return 'none: the images have no labels';
  return classCounts(classes, { listed: LISTED, noun: 'images' });
}

function leftOutText({ leftOut }: InspectedSplit): string {
  const counts = new Map<string, number>();
  for (const { reason } of leftOut) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${reason} (${counted(count, 'file')})`).join(', ');
}

/** Mean and deviation of the training images, as keys of an augmenter. */
function statisticsText(splits: readonly InspectedSplit[]): string {
  const { statistics } = splits[0];
  if (!statistics) return 'No image of the training split could be read.';
  const list = (values: readonly number[]): string => `[${values.map(value => value.toFixed(4)).join(', ')}]`;
  return [
    'Mean and standard deviation of the training images, for `augmenter:`',
    `  mean: ${list(statistics.mean)}`,
    `  std: ${list(statistics.std)}`,
  ].join('\n');
}

function duplicatesText(groups: readonly DuplicateGroup[]): string {
  if (groups.length === 0) return 'No two images have the same pixels.';
  const across = groups.filter(isAcrossSplits).length;
  const title = `${counted(groups.length, 'group')} of images with the same pixels, ${across} over several splits${
    across > 0 ? ': results on these splits are too optimistic' : ''
  }`;
  return titled(title, groups.map(groupText));
}

function groupText(group: DuplicateGroup): string {
  const shown = group.slice(0, LISTED).map(({ split, image }) => `${split}: ${image}`);
  return `${shown.join('  =  ')}${group.length > LISTED ? ', …' : ''}`;
}

function damagedText({ split, damaged }: InspectedSplit): readonly string[] {
  if (damaged.length === 0) return [];
  const lines = damaged.map(({ image, problem }) => `${image}: ${problem}`);
  return [titled(`${counted(damaged.length, 'image')} of ${split} cannot be decoded`, lines)];
}

/** A title with the first lines below it. */
function titled(title: string, lines: readonly string[]): string {
  const shown = lines.slice(0, LISTED).map(line => `  ${line}`);
  return [title, ...shown, ...(lines.length > LISTED ? ['  … (all with --format json)'] : [])].join('\n');
}

const number = (value: number): string => value.toLocaleString('en-US');
