import type { DrawnValues } from '../contracts/drawn.js';
import { counted } from '../text/counted.js';
import { html, page, type Html } from './html.js';
import type { Choice, SampledView, ViewSample } from './view-samples.js';

/** Facts about a sheet of views. */
export interface SheetHead {
  /** Name of the pipeline. */
  readonly name: string;
  /** `use` of the augmenter. */
  readonly augmenter: string;
  readonly seed: number;
  /** From 1. */
  readonly epoch: number;
}

/** A page that shows images, the views that training makes of them, and the random choices behind each view. */
export function viewsPage(head: SheetHead, samples: readonly ViewSample[]): string {
  const title = `Views of ${head.name}`;
  return page(title, [html`<h1>${title}</h1>`, sheetIntroduction(head, samples), viewRows(samples)]);
}

function sheetIntroduction({ augmenter, seed, epoch }: SheetHead, samples: readonly ViewSample[]): Html {
  const views = samples[0]?.views ?? [];
  const hasChoices = samples.some(sample => sample.views.some(({ drawn }) => drawn.length > 0));
  return html`<p>
      The first ${counted(samples.length, 'image')} of epoch ${epoch} with seed ${seed} and the
      ${counted(views.length, 'view')} that <code>${augmenter}</code> makes of each: those of a training with this seed,
      shown before normalisation. Boxes in an image are the crops of its views.
    </p>
    ${hasChoices || views.length === 0 ? [] : [html`<p>The augmenter does not report its random choices.</p>`]}`;
}

/** One row for each image: the image, then its views. */
export function viewRows(samples: readonly ViewSample[]): Html {
  return html`${samples.map(
    sample =>
      html`<section class="views" aria-label="${titleOf(sample)}">
        ${original(sample)}${sample.views.map((view, i) => viewFigure(view, i))}
      </section> `,
  )}`;
}

function titleOf({ index, file, label }: ViewSample): string {
  return [file ?? `image ${index}`, ...(label === undefined ? [] : [label])].join(', ');
}

function original(sample: ViewSample): Html {
  const { height, width } = sample;
  const boxes = sample.views.flatMap((view, i) => cropBox(view, sample, i));
  return html`<figure class="view">
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${titleOf(sample)}, with the crops of its views">
      <image class="pixels" href="${sample.original.url}" width="${width}" height="${height}" />
      ${boxes}
    </svg>
    <figcaption>${titleOf(sample)}<br />${height}×${width} pixels</figcaption>
  </figure> `;
}

/** The crop of a view, if it was cut from the image as it is stored. */
function cropBox({ drawn, kind }: SampledView, { height, width }: ViewSample, place: number): readonly Html[] {
  const crop = drawn[0];
  if (crop?.name !== 'crop') return [];
  const { top, left, ofHeight, ofWidth, ...size } = crop.values;
  if (ofHeight !== height || ofWidth !== width) return [];
  const unit = Math.max(height, width) / 100;
  const [x, y] = [Number(left), Number(top)];
  return [
    html`<rect class="${kind} box" x="${x}" y="${y}" width="${size.width}" height="${size.height}" />
      <text class="number" x="${x + unit}" y="${y + 9 * unit}" font-size="${9 * unit}" stroke-width="${2 * unit}">
        ${place + 1}
      </text>`,
  ];
}

function viewFigure({ kind, height, width, picture, drawn }: SampledView, place: number): Html {
  const choices = drawn.map(choice => html`<br />${choiceText(choice)}`);
  const name = `view ${place + 1}, ${kind}`;
  return html`<figure class="view">
    <img class="pixels" src="${picture.url}" alt="${name}" width="${picture.width}" height="${picture.height}" />
    <figcaption>${name}, ${height}×${width}${choices}</figcaption>
  </figure> `;
}

function choiceText({ name, values }: Choice): string {
  if (name === 'crop') return cropText(values);
  const texts = Object.entries(values).map(([key, value]) => `${key} ${figureText(value)}`);
  return texts.length > 0 ? `${name}: ${texts.join(', ')}` : name;
}

function cropText({ top, left, height, width, ofHeight, ofWidth, ...others }: DrawnValues): string {
  const further = Object.entries(others).map(([key, value]) => `, ${key} ${figureText(value)}`);
  return `crop ${height}×${width} at row ${top}, column ${left} of ${ofHeight}×${ofWidth}${further.join('')}`;
}

function figureText(value: number | string): string {
  return typeof value === 'string' ? value : String(Number(value.toPrecision(3)));
}
