import type { ImageSet } from '../contracts/image-set.js';
import { mapImages } from '../data/bounded-read.js';
import { floatImage } from '../data/float-image.js';
import { FEWEST, principalComponents, umapOf, unitLength, type Rows } from './embedding.js';
import { pictureOf, shrunk } from './picture.js';
import type { Picture } from './png.js';
import type { PrototypeUse } from './prototype-facts.js';
import { SHOWN_PROTOTYPES, type EmbeddingMap, type GatheredPictures } from './run-images.js';
import { CELL, spriteOf } from './sprite.js';

/** Images on the map. */
export const MAPPED = 400;

/** Images that are examined. */
export interface MappedImages {
  readonly images: ImageSet;
  /** Places in the set, in random order. */
  readonly indices: readonly number[];
  readonly labels?: readonly number[];
}

/** The map of the features of the first images. */
export async function mapOf({ images, indices, labels }: MappedImages, features: Rows): Promise<EmbeddingMap> {
  const { dim } = features;
  const count = Math.min(MAPPED, features.count);
  const rows = unitLength({ data: features.data.subarray(0, count * dim), count, dim });
  const isDrawn = count >= FEWEST && rows.data.every(Number.isFinite);
  return {
    indices: indices.slice(0, count),
    ...(labels && { labels: labels.slice(0, count) }),
    pictures: spriteOf(await thumbnails(images, indices.slice(0, count))),
    ...(isDrawn && { pca: principalComponents(rows), umap: await umapOf(rows) }),
  };
}

/** Pictures of the images that the largest prototypes gather. */
export async function gatheredPictures(
  { images, indices }: MappedImages,
  use: PrototypeUse | undefined,
): Promise<{ gathered?: GatheredPictures }> {
  if (!use) return {};
  const places = [...new Set(use.prototypes.slice(0, SHOWN_PROTOTYPES).flatMap(({ top }) => top))];
  const pictures = await thumbnails(
    images,
    places.map(place => indices[place]),
  );
  return {
    gathered: {
      pictures: spriteOf(pictures),
      cells: Object.fromEntries(places.map((place, cell) => [place, cell])),
      indices: Object.fromEntries(places.map(place => [place, indices[place]])),
    },
  };
}

/** Pictures of at most {@link CELL} pixels a side. */
export async function thumbnails(images: ImageSet, indices: readonly number[]): Promise<readonly Picture[]> {
  return mapImages(images, indices, image => shrunk(pictureOf(floatImage(image)), CELL));
}
