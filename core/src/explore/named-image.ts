import type { ImageSet } from '../contracts/image-set.js';
import { className } from '../report/view-samples.js';

/** An image of a set as results name it. */
export interface NamedImage {
  /** Place in its set, from 0. */
  readonly index: number;
  /** File relative to the folder of the set; the index of an image without a file of its own. */
  readonly name: string;
  /** Only for labelled images. */
  readonly class?: string;
}

export function namedImage(images: ImageSet, index: number): NamedImage {
  const { labels } = images;
  return {
    index,
    name: images.fileName?.(index) ?? String(index),
    ...(labels && { class: className(images, labels[index]) }),
  };
}

/** The name for people, with the class where there is one. */
export function titleOf({ name, ...image }: NamedImage): string {
  return image.class === undefined ? name : `${name}, ${image.class}`;
}
