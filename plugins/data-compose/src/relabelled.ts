import {
  CarlError,
  inSharedMemory,
  openShared,
  shareable,
  subset,
  type ImageSet,
  type SharedImages,
} from '@carl-ssl/core';
import { derived } from './derived.js';

/**
 * A set with other labels.
 * @param map new label of each label; null removes its images, and an empty list drops all labels
 * @throws CarlError INPUT_DATA if there are no labels, or one has no entry
 */
export function relabelled(
  images: ImageSet,
  map: readonly (number | null)[],
  classNames?: readonly string[],
): ImageSet {
  if (map.length === 0) return withLabels(images, {});
  const { labels } = images;
  if (!labels)
    throw refusal(
      images.multiLabels
        ? 'needs one label for each image, and the images have several. Change the table of the labels.'
        : 'needs labels, and the images have none. Give the reader `of` its option for labels.',
    );
  const wrong = labels.findIndex(label => label >= map.length);
  if (wrong >= 0)
    throw refusal(
      `has ${map.length} entries in \`labels\`, and image ${wrong} has label ${labels[wrong]}. Add an entry, or null to remove the images of a class.`,
    );
  const places = Int32Array.from(labels.keys()).filter(place => map[labels[place]] !== null);
  if (places.length === 0) throw refusal('removes all images.');
  const kept = places.length === images.length ? images : subset(images, places, images.leftOut);
  const changed = places.map(place => map[labels[place]]!);
  const most = changed.reduce((largest, label) => Math.max(largest, label), 0);
  if (classNames && most >= classNames.length)
    throw refusal(`has ${classNames.length} names in \`classNames\`, and the label ${most}.`);
  return withLabels(kept, { labels: changed, ...(classNames && { classes: classNames }) });
}

/** Labels of a set; none if empty. */
interface Labelling {
  readonly labels?: Int32Array;
  readonly classes?: readonly string[];
}

function withLabels(images: ImageSet, { labels, classes }: Labelling): ImageSet {
  const changed = derived(images, [classes, labels && Array.from(labels)], {
    channels: images.channels,
    ...(labels && { labels, ...(classes && { classes }) }),
    read: indices => images.read(indices),
  });
  if (!images.share) return changed;
  return shareable(changed, sharers => {
    const shared = labels && inSharedMemory(labels);
    const content: SharedLabelling = {
      images: images.share!(sharers),
      labelling: { ...(shared && { labels: shared }), ...(classes && { classes }) },
    };
    return { module: import.meta.url, content };
  });
}

interface SharedLabelling {
  readonly images: SharedImages;
  readonly labelling: Labelling;
}

/** Rebuilds a set that another thread shares. @public */
export async function fromShared({ images, labelling }: SharedLabelling): Promise<ImageSet> {
  return withLabels(await openShared(images), labelling);
}

function refusal(problem: string): CarlError {
  return new CarlError('INPUT_DATA', `The reader \`remap\` ${problem}`);
}
