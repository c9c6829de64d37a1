import type { ImageSet } from '../contracts/image-set.js';
import { html, page } from '../report/html.js';
import { counted } from '../text/counted.js';
import { titleOf } from './named-image.js';
import type { Neighbours } from './neighbours.js';
import { pictureFigure, pictureRow, picturesOf } from './pictures.js';
import type { QueryImage } from './query-image.js';

/** A page with an image and its neighbours. `among` names the images that were searched. */
export async function neighboursPage(
  { query, compared, neighbours }: Neighbours,
  { among, images, of }: { readonly among: string; readonly images: ImageSet; readonly of: QueryImage },
): Promise<string> {
  const title = `Neighbours of ${query.name}`;
  const own = await picturesOf(of.images, [of.index]);
  const pictures = await picturesOf(
    images,
    neighbours.map(({ index }) => index),
  );
  return page(title, [
    html`<h1>${title}</h1>`,
    html`<p>
      The images with the most similar features (cosine) among ${counted(compared, 'image')} of
      <code>${among}</code>.
    </p>`,
    pictureRow('the image', [pictureFigure(own.get(of.index)!, [titleOf(query)])]),
    html`<h2>Neighbours</h2>`,
    pictureRow(
      'neighbours, the most similar first',
      neighbours.map(one => pictureFigure(pictures.get(one.index)!, [titleOf(one), `cosine ${one.cosine.toFixed(4)}`])),
    ),
  ]);
}
