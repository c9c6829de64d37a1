import type { Plane } from './embedding.js';
import { html, type Html } from './html.js';
import { legend, markOf } from './marks.js';
import type { EmbeddingMap, RunImages } from './run-images.js';
import { sheetClass } from './sheets.js';

/** Maps of the features of one run: PCA and UMAP side by side. `number` tells the maps of a page apart. */
export function mapsOf(name: string, images: RunImages, number: number): Html {
  const { map, classes, split, network, step } = images;
  const of = `${map.indices.length} images of ${split}, checkpoint of step ${step}${network ? `, ${network}` : ''}`;
  if (!map.pca || !map.umap)
    return html`<h3>${name}</h3>
      <p>${of}: no map is drawn for fewer than 5 images, or for features that are not finite.</p>`;
  const [first, second] = map.pca.explained.map(share => `${(100 * share).toFixed(0)}%`);
  return html`<h3>${name}</h3>
    <p>${of}.</p>
    ${classes && map.labels ? legend(classes) : []}
    <div class="maps ${sheetClass(map.pictures)}" style="--columns:${map.pictures.columns}">
      ${plane(`PCA, ${first} and ${second} of the variance`, map.pca.plane, { images, group: `map-${number}-pca`, name })}
      ${plane('UMAP', map.umap, { images, group: `map-${number}-umap`, name })}
    </div>`;
}

interface PlaneContext {
  readonly images: RunImages;
  /** Name of the group of radio buttons. */
  readonly group: string;
  /** Name of the run. */
  readonly name: string;
}

/** Points as radio buttons: one stop of the Tab key, arrow keys move from image to image, class by class. */
function plane(title: string, points: Plane, { images, group, name }: PlaneContext): Html {
  const { map, classes } = images;
  const order = [...points.keys()].sort((a, b) => (map.labels ? map.labels[a] - map.labels[b] : 0) || a - b);
  return html`<figure>
    <div class="map" role="radiogroup" aria-label="${title} of ${name}">
      ${order.map(place => point(map, place, { group, at: points[place], classes }))}
    </div>
    <figcaption>${title}</figcaption>
  </figure> `;
}

interface PointContext {
  readonly group: string;
  readonly at: readonly [x: number, y: number];
  readonly classes: readonly string[] | undefined;
}

function point({ indices, labels, pictures }: EmbeddingMap, place: number, { group, at, classes }: PointContext): Html {
  const { shape, colour } = markOf(labels?.[place] ?? 0);
  const name = [`image ${indices[place]}`, ...(labels && classes ? [classes[labels[place]]] : [])].join(', ');
  const [x, y] = [at[0], 1 - at[1]].map(value => (2 + 96 * value).toFixed(1));
  const cell = `--i:${place % pictures.columns};--j:${Math.floor(place / pictures.columns)}`;
  const side = at[0] > 0.6 ? ' left' : '';
  return html`<input type="radio" name="${group}" class="mark ${shape}${side}" aria-label="${name}" style="--x:${x}%;--y:${y}%;--c:${colour};${cell}" />`; // prettier-ignore
}
