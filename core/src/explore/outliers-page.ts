import type { ImageSet } from '../contracts/image-set.js';
import { html, page, type Html } from '../report/html.js';
import type { ShownPicture } from '../report/png.js';
import { counted } from '../text/counted.js';
import { titleOf } from './named-image.js';
import type { Duplicate, Outliers } from './outliers.js';
import { outlierAdvice } from './outliers-text.js';
import { pictureFigure, pictureRow, picturesOf } from './pictures.js';

/** Groups and images of each that are shown, so that the page has some megabytes. */
const SHOWN_GROUPS = 40;
const SHOWN_IMAGES = 8;

type Pictures = ReadonlyMap<number, ShownPicture>;

/** A page with the outliers and near duplicates of a set, `data` by its name. */
export async function outliersPage(found: Outliers, data: string, images: ImageSet): Promise<string> {
  const { k, threshold, outliers, duplicates } = found;
  const title = `Outliers and near duplicates of ${data}`;
  const groups = duplicates.slice(0, SHOWN_GROUPS);
  const indices = [
    ...outliers.flatMap(one => [one.index, one.nearest.index]),
    ...groups.flatMap(group => group.slice(0, SHOWN_IMAGES).map(({ index }) => index)),
  ];
  const pictures = await picturesOf(images, indices);
  const advice = outlierAdvice(found);
  return page(title, [
    html`<h1>${title}</h1>`,
    html`<p>
      ${counted(found.images, 'image')}. Median cosine to the nearest image: ${found.medianCosine.toFixed(4)}.
    </p>`,
    ...(advice === undefined ? [] : [html`<p class="warning">${advice}</p>`]),
    html`<h2>Outliers</h2>`,
    html`<p>
      The images with the largest distance, 1 − cosine, to their neighbour number ${k}, each before its nearest image.
    </p>`,
    ...outliers.map(one =>
      pictureRow(one.name, [
        pictureFigure(pictures.get(one.index)!, [titleOf(one), `distance ${one.distance.toFixed(4)}`]),
        pictureFigure(pictures.get(one.nearest.index)!, [
          titleOf(one.nearest),
          `nearest, cosine ${one.nearest.cosine.toFixed(4)}`,
        ]),
      ]),
    ),
    html`<h2>Near duplicates</h2>`,
    html`<p>${summary(found)}</p>`,
    ...groups.map(group => groupRow(group, pictures, threshold)),
  ]);
}

function summary({ duplicates, threshold }: Outliers): string {
  if (duplicates.length === 0) return `No two images have a cosine above ${threshold}.`;
  const left = duplicates.length - SHOWN_GROUPS;
  return (
    `${counted(duplicates.length, 'group')} of images that are linked by cosines above ${threshold}` +
    `${left > 0 ? `; the ${SHOWN_GROUPS} largest are shown, and --format json has all` : ''}. With each image is its largest cosine to another one.`
  );
}

function groupRow(group: readonly Duplicate[], pictures: Pictures, threshold: number): Html {
  const figures = group
    .slice(0, SHOWN_IMAGES)
    .map(one => pictureFigure(pictures.get(one.index)!, [titleOf(one), `cosine ${one.cosine.toFixed(4)}`]));
  const left = group.length - figures.length;
  return html`<h3>${counted(group.length, 'image')}</h3>
    ${pictureRow(`near duplicates of ${group[0].name} above ${threshold}`, figures)}
    ${left > 0 ? [html`<p>${counted(left, 'more image')} of this group are not shown.</p>`] : []}`;
}
