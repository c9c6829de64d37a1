import { counted } from '../text/counted.js';

import { html, table, type Html } from './html.js';
import { DUPLICATE, type PrototypeFacts, type PrototypeUse } from './prototype-facts.js';
import { SHOWN_PROTOTYPES, type GatheredPictures, type RunImages } from './run-images.js';
import { sheetClass } from './sheets.js';

/** Pairs of similar prototypes in the table. */
const SHOWN_PAIRS = 12;

/** What the prototypes of one run gather; nothing for networks without prototypes. */
export function prototypesOf(name: string, { prototypes, gathered, classes, split }: RunImages): readonly Html[] {
  const last = prototypes.at(-1);
  if (!last || !gathered) return [];
  const largest = last.prototypes.slice(0, SHOWN_PROTOTYPES);
  return [
    html`<h3>${name}</h3>`,
    html`<p>${summary(last, split)}</p>`,
    ...(prototypes.length > 1 ? [overTime(prototypes)] : []),
    html`<ul class="prototypes ${sheetClass(gathered.pictures)}" style="--columns:${gathered.pictures.columns}">
      ${largest.map(one => card(one, gathered, classes))}
    </ul>`,
    ...similarPairs(last),
  ];
}

function summary(use: PrototypeUse, split: string): string {
  const { images, count, sets, used, perplexity, uncertainty, purity, duplicates, prototypes } = use;
  const shown = Math.min(SHOWN_PROTOTYPES, prototypes.length);
  return [
    `${counted(images, 'image')} of ${split} are assigned to ${counted(count, 'prototype')}`,
    sets > 1 ? ` in ${sets} sets` : '',
    ` at step ${use.step}: ${used} gather at least one image, ${count - used} gather none. `,
    `The effective number of prototypes in use is ${perplexity.toFixed(1)}; the mean uncertainty of an assignment is ${uncertainty.toFixed(2)} (0 is one-hot, 1 uniform). `,
    purity === undefined ? '' : `Purity, the fraction of images in the most frequent class of their prototype, is ${(100 * purity).toFixed(1)}%; it rises with the number of prototypes. `, // prettier-ignore
    duplicates === undefined
      ? ''
      : `${counted(duplicates, 'prototype')} have a cosine above ${DUPLICATE} to another one. `,
    `The ${shown} largest are shown; the JSON of the report has all.`,
  ].join('');
}

function overTime(uses: readonly PrototypeUse[]): Html {
  const head = ['step', 'gather images', 'gather none', 'effective number', 'uncertainty', 'purity', 'near duplicates'];
  const rows = uses.map(({ step, count, used, perplexity, uncertainty, purity, duplicates }) => [
    String(step),
    String(used),
    String(count - used),
    perplexity.toFixed(1),
    uncertainty.toFixed(3),
    purity === undefined ? '' : `${(100 * purity).toFixed(1)}%`,
    duplicates === undefined ? '' : String(duplicates),
  ]);
  return table(head, rows, 'Prototypes at the kept checkpoints');
}

function card(facts: PrototypeFacts, gathered: GatheredPictures, classes: readonly string[] | undefined): Html {
  const { index, images, share, entropy, label, purity, top } = facts;
  const main = label === undefined || !classes ? '' : `${(100 * purity!).toFixed(0)}% ${classes[label]}`;
  const title = `prototype ${index}`;
  return html`<li>
    <strong>${title}</strong>
    <span class="cells" role="img" aria-label="images with the largest assignments to ${title}">
      ${top.map(place => cell(gathered, place))}
    </span>
    <span>${counted(images, 'image')}, ${(100 * share).toFixed(1)}%</span>
    <span>${main}</span>
    <span>uncertainty ${entropy.toFixed(2)}</span>
  </li> `;
}

function cell({ pictures, cells, indices }: GatheredPictures, place: number): Html {
  const [i, j] = [cells[place] % pictures.columns, Math.floor(cells[place] / pictures.columns)];
  return html`<span class="cell" title="image ${indices[place]}" style="--i:${i};--j:${j}"></span>`;
}

/** The most similar pairs of prototypes that gather images, each once. */
function similarPairs({ prototypes }: PrototypeUse): readonly Html[] {
  const pairs = new Map<string, { readonly names: string; readonly cosine: number }>();
  for (const { index, nearest } of prototypes) {
    if (!nearest) continue;
    const names = [index, nearest.index].sort((a, b) => a - b).join(' and ');
    pairs.set(names, { names, cosine: nearest.cosine });
  }
  const rows = [...pairs.values()]
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, SHOWN_PAIRS)
    .map(({ names, cosine }) => [names, cosine.toFixed(3)]);
  if (rows.length === 0) return [];
  return [
    html`<details>
      <summary>Most similar prototypes</summary>
      ${table(['prototypes', 'cosine'], rows, `Cosine of weight vectors, the ${rows.length} most similar pairs`)}
    </details>`,
  ];
}
