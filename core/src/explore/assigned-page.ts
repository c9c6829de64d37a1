import type { ImageSet } from '../contracts/image-set.js';
import { html, page, type Html } from '../report/html.js';
import type { ShownPicture } from '../report/png.js';
import type { ImageAssignment, AssignedPrototype } from './assigned.js';
import { titleOf } from './named-image.js';
import { pictureFigure, pictureRow, picturesOf } from './pictures.js';
import type { QueryImage } from './query-image.js';

type Pictures = ReadonlyMap<number, ShownPicture>;

/** A page with an image, its most probable prototypes and their examples. */
export async function assignedPage(
  { query, sets }: ImageAssignment,
  { images, of }: { readonly images?: ImageSet; readonly of: QueryImage },
): Promise<string> {
  const title = `Prototypes of ${query.name}`;
  const own = await picturesOf(of.images, [of.index]);
  const indices = sets.flatMap(({ prototypes }) => prototypes.flatMap(({ examples = [] }) => examples.map(one => one.index))); // prettier-ignore
  const pictures: Pictures = images ? await picturesOf(images, indices) : new Map<number, ShownPicture>();
  return page(title, [
    html`<h1>${title}</h1>`,
    pictureRow('the image', [pictureFigure(own.get(of.index)!, [titleOf(query)])]),
    ...sets.flatMap(({ size, prototypes }, set) => [
      html`<h2>${sets.length > 1 ? `Set ${set}: most` : 'Most'} probable of ${size} prototypes</h2>`,
      ...prototypes.map(one => prototypeRow(one, pictures)),
    ]),
  ]);
}

function prototypeRow({ prototype, probability, examples = [] }: AssignedPrototype, pictures: Pictures): Html {
  const name = `Prototype ${prototype}`;
  const figures = examples.map(one =>
    pictureFigure(pictures.get(one.index)!, [titleOf(one), `probability ${percent(one.probability)}`]),
  );
  return html`<h3>${name}: ${percent(probability)}</h3>
    ${figures.length > 0 ? pictureRow(`images with the largest probabilities of ${name}`, figures) : []}`;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}
