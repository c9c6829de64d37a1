import { html, type Html } from './html.js';
import type { ReportedImages } from './gather.js';
import { mapsOf } from './map-section.js';
import { prototypesOf } from './prototype-section.js';
import { sheetStyles } from './sheets.js';
import { viewRows } from './views-sheet.js';

/** Sections on the images of some runs: maps of features, prototypes and views. */
export function imageSections({ shown, missing, left }: ReportedImages): readonly Html[] {
  const sprites = shown.flatMap(({ images: { map, gathered } }) => [map.pictures, ...(gathered ? [gathered.pictures] : [])]); // prettier-ignore
  const prototypes = shown.flatMap(({ name, images }) => prototypesOf(name, images));
  return [
    ...(shown.length > 0 ? [sheetStyles(sprites), ...maps(shown)] : []),
    ...(prototypes.length > 0 ? [html`<h2>Prototypes</h2>`, ...prototypes] : []),
    ...(shown.length > 0 ? views(shown) : []),
    ...missing.map(([name, reason]) => html`<p class="warning">No images of ${name} are shown: ${reason}</p>`),
    ...(left > 0 ? [html`<p>The images of ${left} more pipelines are not shown; report on their runs alone.</p>`] : []),
  ];
}

function maps(shown: ReportedImages['shown']): readonly Html[] {
  return [
    html`<h2>Maps of the features</h2>`,
    html`<p>
      Each point is an image; images with similar features lie close together. Point at one, or move to it with the Tab
      and arrow keys, to see it. PCA keeps large distances, UMAP keeps neighbours; the axes have no meaning. Colours are
      classes, which the training did not see.
    </p>`,
    ...shown.map(({ name, images }, i) => mapsOf(name, images, i)),
  ];
}

/** The views of each run; pipelines with the same views are shown once. */
function views(shown: ReportedImages['shown']): readonly Html[] {
  const names = new Map<string, string[]>();
  for (const { name, images } of shown) {
    const key = JSON.stringify(images.views);
    names.set(key, [...(names.get(key) ?? []), name]);
  }
  const distinct = shown.filter(({ name, images }) => names.get(JSON.stringify(images.views))![0] === name);
  return [
    html`<h2>Views</h2>`,
    html`<p>
      The first images of the first epoch and their views in training, before normalisation.
      <code>carl views</code> shows more.
    </p>`,
    ...distinct.map(
      ({ images }) =>
        html`<h3>${names.get(JSON.stringify(images.views))!.join(', ')}</h3>
          ${viewRows(images.views)}`,
    ),
  ];
}
