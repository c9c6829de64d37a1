import type { ImageSet } from '../contracts/image-set.js';
import { mapImages } from '../data/bounded-read.js';
import { floatImage } from '../data/float-image.js';
import { html, type Html } from '../report/html.js';
import { pictureOf, shrunk } from '../report/picture.js';
import { shown, type ShownPicture } from '../report/png.js';

/** Longest side of a picture in pixels, so that a page of hundreds of them has some megabytes. */
const LONGEST = 128;

/** Pictures of some images of a set, by their index. */
export async function picturesOf(
  images: ImageSet,
  indices: Iterable<number>,
): Promise<ReadonlyMap<number, ShownPicture>> {
  const places = [...new Set(indices)];
  const pictures = await mapImages(images, places, image => shown(shrunk(pictureOf(floatImage(image)), LONGEST)));
  return new Map(places.map((place, i) => [place, pictures[i]]));
}

/** A picture with lines of text below it; the first one names it. */
export function pictureFigure(picture: ShownPicture, lines: readonly string[]): Html {
  return html`<figure class="view">
    <img class="pixels" src="${picture.url}" alt="${lines[0]}" width="${picture.width}" height="${picture.height}" />
    <figcaption>${lines.map((line, i) => html`${i > 0 ? [html`<br />`] : []}${line}`)}</figcaption>
  </figure> `;
}

/** Figures in rows. */
export function pictureRow(label: string, figures: readonly Html[]): Html {
  return html`<section class="views" aria-label="${label}">${figures}</section> `;
}
