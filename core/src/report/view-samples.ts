import type { ViewSpec } from '../contracts/augmenter.js';
import type { DrawnValues } from '../contracts/drawn.js';
import type { StoredImage } from '../contracts/image.js';
import { mapImages } from '../data/bounded-read.js';
import { floatImage } from '../data/float-image.js';
import { orderOf, type ViewSource } from '../train/view-batch.js';
import { pictureOf, shrunk, viewRanges } from './picture.js';
import { shown, type ShownPicture } from './png.js';

/** An image of the training set with the views that training makes of it. */
export interface ViewSample {
  /** Place in the training set, and name of its file and class where it has any. */
  readonly index: number;
  readonly file?: string;
  readonly label?: string;
  /** Pixels of the stored image, of which the picture may be a smaller copy. */
  readonly height: number;
  readonly width: number;
  readonly original: ShownPicture;
  readonly views: readonly SampledView[];
}

/** A view and the random choices that made it, in their order. */
export interface SampledView extends ViewSpec {
  readonly picture: ShownPicture;
  readonly drawn: readonly Choice[];
}

export interface Choice {
  readonly name: string;
  readonly values: DrawnValues;
}

/** Which images of which epoch are shown. */
export interface SampledImages {
  /** From 0. */
  readonly epoch: number;
  readonly count: number;
}

/** Longest side of a picture, in pixels, so that a page of them stays small. */
const LONGEST = 160;

/** The first images that an epoch visits and their views, from the same streams as in training. */
export async function sampleViews(source: ViewSource, { epoch, count }: SampledImages): Promise<readonly ViewSample[]> {
  const indices = [...orderOf(epoch, source).subarray(0, count)];
  return mapImages(source.images, indices, (image, place) => sampleOf(source, epoch, { image, index: indices[place] }));
}

function sampleOf(
  { images, augmenter, streams }: ViewSource,
  epoch: number,
  { image, index }: { readonly image: StoredImage; readonly index: number },
): ViewSample {
  const drawn = augmenter.views.map((): Choice[] => []);
  const randoms = augmenter.views.map((_, view) => streams.at('augment', epoch, index, view));
  const report = drawn.map(list => (name: string, values: DrawnValues) => void list.push({ name, values }));
  const views = augmenter.augment(image, randoms, report);
  const ranges = viewRanges(augmenter, image.channels);
  const [file, label] = [images.fileName?.(index), images.labels && className(images, images.labels[index])];
  return {
    index,
    ...(file !== undefined && { file }),
    ...(label !== undefined && { label }),
    height: image.height,
    width: image.width,
    original: shown(shrunk(pictureOf(floatImage(image)), LONGEST)),
    views: views.map((view, i) => ({
      ...augmenter.views[i],
      picture: shown(shrunk(pictureOf(view, ranges), LONGEST)),
      drawn: drawn[i],
    })),
  };
}

/** Name of a class, or its number if classes have no names. */
export function className({ classes }: { readonly classes?: readonly string[] }, label: number): string {
  return classes?.[label] ?? `class ${label}`;
}
